//! `#[get("/path")]` and its siblings: parse, model, check, expand.

mod bodies;
mod check;
mod expand;
mod model;
mod parse;
mod role;

pub(crate) use expand::layer_static;
pub(crate) use model::{Route, named_answer};

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostics::{Diagnostics, with_help};
use crate::syntax::function::{Function, Input};

/// The attributes that declare one method.
pub(crate) const METHODS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];

/// Is this the name of an attribute that declares a route?
pub(crate) fn declares_a_route(name: &str) -> bool {
    matches!(name, "route" | "fallback" | "catch") || METHODS.contains(&name)
}

/// Expands the attribute `name` on `item`; further ones below it are further routes of the same function.
pub(crate) fn attribute(name: &str, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut function = match Function::parse(item.clone()) {
        Ok(function) => function,
        Err(span) => {
            let message = with_help(
                format!("`#[{name}]` goes on an `async fn`"),
                format!("write `#[{name}(\"/path\")] async fn name() {{}}`"),
            );
            diagnostics.push(span, message);
            let errors = diagnostics.into_tokens();
            return quote!(#item #errors);
        }
    };
    if function.inputs.iter().any(Input::has_default) {
        return quote!(#function);
    }
    let declarations = parse::declarations(name, arguments, &mut function, &mut diagnostics);
    check::signature(&function, &declarations, &mut diagnostics);
    let routes = model::routes(declarations, &function, &mut diagnostics);
    if diagnostics.is_empty() {
        let generated = expand::expand(&function, &routes);
        quote!(#function #generated)
    } else {
        diagnostics.beside(function)
    }
}

#[cfg(test)]
mod tests;
