//! Every name an expansion writes that the user did not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::syntax::tokens::plain;

/// The way to the runtime crate: `::toolkit_zero`, or what `crate = path` says.
#[derive(Clone, Default)]
pub(crate) struct Runtime(Option<TokenStream>);

impl Runtime {
    pub(crate) fn at(path: Option<TokenStream>) -> Self {
        Self(path)
    }

    /// The one module of the runtime that expansions may name.
    pub(crate) fn private(&self) -> TokenStream {
        let path = self.0.clone();
        let path = path.unwrap_or_else(|| quote!(::toolkit_zero));
        quote!(#path::__private)
    }
}

/// The hidden item beside a handler that `url!` reads.
///
/// rustc prints its name where it is not found: after a `use` of the function alone. So the name says what is wrong.
pub(crate) fn url_item(function: &Ident, span: Span) -> Ident {
    format_ident!(
        "url_wants_the_path_where_it_is_declared_{}",
        plain(function),
        span = span
    )
}

/// The static that holds one layer of a `#[routes]` module, beside the module.
pub(crate) fn module_layer(module: &Ident, index: usize) -> Ident {
    format_ident!(
        "__LAYER_{}_OF_{}",
        index,
        plain(module),
        span = Span::call_site()
    )
}

/// The function of the runtime that calls a handler of so many arguments. rustc prints its name.
pub(crate) fn call(arguments: usize, blocking: bool) -> Ident {
    let kind = if blocking { "_blocking" } else { "" };
    let count = count_of(arguments);
    format_ident!("{count}{kind}", span = Span::call_site())
}

/// The function of the runtime that knows what so many arguments need.
pub(crate) fn needs(arguments: usize) -> Ident {
    let count = count_of(arguments);
    format_ident!("needs_of_{count}", span = Span::call_site())
}

fn count_of(arguments: usize) -> String {
    const COUNTS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    // More have been refused.
    let count = COUNTS.get(arguments).copied().unwrap_or_default();
    let noun = if arguments == 1 {
        "argument"
    } else {
        "arguments"
    };
    format!("{count}_{noun}")
}

/// The local that carries argument `index`.
pub(crate) fn argument(index: usize) -> Ident {
    format_ident!("a{}", index, span = Span::mixed_site())
}

/// Where something is declared: the place of `span`, or of the outermost macro call that made it.
pub(crate) fn origin(function: &str, span: Span) -> TokenStream {
    let package = quote!(::core::env!("CARGO_PKG_NAME"));
    let module = quote!(::core::module_path!());
    // These three answer for the tokens they are written with.
    let place = quote_spanned!(span=> ::core::file!(), ::core::line!(), ::core::column!());
    quote!(__p::Origin::new(#package, #module, #place, #function))
}

/// The attributes that every generated item beside `conditions` carries.
pub(crate) fn conditions(conditions: &[impl ToTokens]) -> TokenStream {
    quote!(#(#conditions)*)
}
