//! The four forms of `main`, and what is none of them.

use proc_macro2::TokenTree;

use crate::diagnostics::{Diagnostics, with_help};
use crate::syntax::function::{Function, Input};
use crate::syntax::tokens::{ident, is_ident, is_punct};

/// What `main` takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Nothing: boot, serve until a signal.
    Plain,
    /// `&mut Server`: before the boot.
    Configured,
    /// `&mut BackgroundServer`: beside the server.
    Beside,
    /// `Server`: it boots by itself.
    ByHand,
}

impl Form {
    /// The function of the runtime that runs it.
    pub(crate) fn call(self) -> &'static str {
        match self {
            Self::Plain => "run",
            Self::Configured => "run_configured",
            Self::Beside => "run_beside",
            Self::ByHand => "run_by_hand",
        }
    }
}

/// The form of a sound `main`.
pub(crate) fn form(function: &Function, diagnostics: &mut Diagnostics) -> Option<Form> {
    if function.name != "main" {
        let message = with_help(
            "`#[toolkit_zero::main]` goes on `main`",
            "remove it, or rename the function",
        );
        diagnostics.push(function.name.span(), message);
        return None;
    }
    only_ours(function, diagnostics);
    head(function, diagnostics);
    let form = match function.inputs.as_slice() {
        [] => Some(Form::Plain),
        [only] => form_of(only),
        _ => None,
    };
    if form.is_none() {
        let message = with_help(
            "`main` takes nothing, `Server`, `&mut Server` or `&mut BackgroundServer`",
            "read the command line with `std::env::args()`",
        );
        let inputs = function.inputs.iter().map(|input| &input.whole);
        diagnostics.push_over(&quote::quote!(#(#inputs),*), message);
    }
    form
}

fn only_ours(function: &Function, diagnostics: &mut Diagnostics) {
    for attribute in &function.attributes {
        let name = attribute.name();
        if name == "main" && attribute.path.len() > 1 {
            let path: Vec<String> = attribute.path.iter().map(ToString::to_string).collect();
            let path = path.join("::");
            let message = if path == "toolkit_zero::main" {
                "`#[toolkit_zero::main]` is given twice".to_owned()
            } else {
                format!("only one of `#[{path}]` and `#[toolkit_zero::main]`")
            };
            diagnostics.push_over(attribute, with_help(message, format!("remove `#[{path}]`")));
        } else if name == "test" {
            diagnostics.push_over(
                attribute,
                with_help("`main` cannot be a test", "remove the attribute"),
            );
        }
    }
}

fn head(function: &Function, diagnostics: &mut Diagnostics) {
    if function.asyncness.is_none() {
        let message = with_help("the `async` keyword is missing", "write `async fn main`");
        diagnostics.push(function.keyword, message);
    }
    if let Some(keyword) = function.unsafety {
        diagnostics.push(
            keyword,
            with_help("`main` cannot be `unsafe`", "remove `unsafe`"),
        );
    }
    if let Some(abi) = &function.abi {
        diagnostics.push_over(
            abi,
            with_help("`main` cannot have an ABI", "remove `extern`"),
        );
    }
    if let Some(keyword) = function.constness {
        diagnostics.push(
            keyword,
            with_help("`main` cannot be `const`", "remove `const`"),
        );
    }
    if !function.generics.is_empty() {
        let message = with_help("`main` cannot be generic", "remove the parameters");
        diagnostics.push_over(&function.generics, message);
    }
    if !function.where_clause.is_empty() {
        let message = with_help("`main` cannot have a where clause", "remove the clause");
        diagnostics.push_over(&function.where_clause, message);
    }
    if let Some(semicolon) = function.bodyless {
        diagnostics.push(
            semicolon,
            with_help("`main` needs a body", "write `async fn main() {}`"),
        );
    }
}

/// The form by the last name of the argument's type.
fn form_of(input: &Input) -> Option<Form> {
    let trees: Vec<TokenTree> = input.ty.clone().into_iter().collect();
    let exclusive =
        is_punct(trees.first(), '&') && trees.iter().any(|tree| is_ident(Some(tree), "mut"));
    let shared = is_punct(trees.first(), '&') && !exclusive;
    match (ident(trees.last())?.to_string().as_str(), exclusive) {
        _ if shared => None,
        ("Server", true) => Some(Form::Configured),
        ("BackgroundServer", true) => Some(Form::Beside),
        ("Server", false) => Some(Form::ByHand),
        _ => None,
    }
}
