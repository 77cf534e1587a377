//! `#[toolkit_zero::main]`.

mod parse;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::collect::{Collection, Package, collection};
use crate::diagnostics::{Diagnostics, with_help};
use crate::names::{self, Runtime};
use crate::options::{self, Arguments, OF_MAIN, Options, Piece};
use crate::route::named_answer;
use crate::syntax::function::Function;
use parse::Form;

const DEFAULT_ADDRESS: &str = "127.0.0.1:8080";

/// Expands the attribute on `item`.
pub(crate) fn attribute(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    expand_for(&Package::current(), arguments, item)
}

fn expand_for(package: &Package, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let Arguments { pieces } = options::arguments(arguments, &mut diagnostics);
    let pieces: Vec<&Piece> = pieces.iter().collect();
    let options = options::read(&pieces, OF_MAIN, &mut diagnostics);
    let function = match Function::parse(item.clone()) {
        Ok(function) => function,
        Err(span) => {
            let message = with_help(
                "`#[toolkit_zero::main]` goes on `main`",
                "write `async fn main() {}`",
            );
            diagnostics.push(span, message);
            let errors = diagnostics.into_tokens();
            return quote!(#item #errors);
        }
    };
    let form = parse::form(&function, &mut diagnostics);
    let collection = collection(package, &options, "main", &mut diagnostics);
    match (form, diagnostics.is_empty()) {
        (Some(form), true) => expand(&function, form, &options, &collection),
        _ => diagnostics.beside(function),
    }
}

fn expand(
    function: &Function,
    form: Form,
    options: &Options,
    collection: &Collection,
) -> TokenStream {
    let Collection { links, server } = collection;
    let conditions = names::conditions(&function.conditions());
    let private = Runtime::at(options.krate.clone()).private();
    let address = options.addr.as_deref().unwrap_or(DEFAULT_ADDRESS);
    let workers = options.workers.map_or_else(
        || quote!(::core::option::Option::None),
        |workers| quote!(::core::option::Option::Some(#workers)),
    );
    let run = format_ident!("{}", form.call());
    // Named, so that one that is no outcome is reported where it is written.
    let answer = named_answer(function).unwrap_or_else(|| quote!(_));
    let visibility = &function.visibility;
    quote! {
        #conditions
        #visibility fn main() -> ::std::process::ExitCode {
            #[allow(clippy::unused_async)]
            #function
            const _: () = {
                #links
            };
            use #private as __p;
            __p::entry::#run::<#answer>(
                __p::entry::Entry { addr: #address, workers: #workers },
                || #server,
                main,
            )
        }
    }
}

#[cfg(test)]
mod tests;
