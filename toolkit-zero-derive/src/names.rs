//! Every name an expansion writes that the user did not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

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
        match &self.0 {
            Some(path) => quote!(#path::__private),
            None => quote!(::toolkit_zero::__private),
        }
    }
}

/// The hidden item beside a handler that `url!` reads. rustc may print its name.
pub(crate) fn url_item(function: &Ident, span: Span) -> Ident {
    format_ident!("__url_of_{}", plain(function), span = span)
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

/// The local that carries argument `index`.
pub(crate) fn argument(index: usize) -> Ident {
    format_ident!("a{}", index, span = Span::mixed_site())
}

/// Where something is declared. The line is the attribute's: `line!()` answers for the outermost expansion.
pub(crate) fn origin(function: &str) -> TokenStream {
    quote! {
        __p::Origin::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::module_path!(),
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
            #function,
        )
    }
}

/// The attributes that every generated item beside `conditions` carries.
pub(crate) fn conditions(conditions: &[impl ToTokens]) -> TokenStream {
    quote!(#(#conditions)*)
}
