//! One function a rule, every rule a sentence with a remedy.

use proc_macro2::{Delimiter, TokenTree};

use crate::diagnostics::{Diagnostics, with_help, with_page};
use crate::route::parse::Declaration;
use crate::syntax::function::{Function, Input};
use crate::syntax::text::written;
use crate::syntax::tokens::{
    Angles, any, group, ident, is_ident, is_punct, plain, split_at_commas,
};

/// As many as the runtime has functions for.
const MOST_ARGUMENTS: usize = 12;

/// The rules of a handler's head.
pub(crate) fn signature(
    function: &Function,
    declarations: &[Declaration],
    diagnostics: &mut Diagnostics,
) {
    is_no_entry_and_no_test(function, diagnostics);
    can_be_called(function, declarations, diagnostics);
    qualifiers(function, diagnostics);
    is_concrete(function, diagnostics);
    for input in &function.inputs {
        argument(input, diagnostics);
    }
    if let Some(superfluous) = function.inputs.get(MOST_ARGUMENTS) {
        let help = "group extractors in one type that implements `FromRequest`";
        let message = with_help("a handler takes at most 12 arguments", help);
        diagnostics.push_over(&superfluous.whole, message);
    }
}

fn is_no_entry_and_no_test(function: &Function, diagnostics: &mut Diagnostics) {
    let other = function
        .attributes
        .iter()
        .find(|attribute| matches!(attribute.name().as_str(), "test" | "main"));
    match other {
        Some(attribute) if attribute.name() == "test" => {
            let help = "call the handler from a test: it stays an ordinary function";
            diagnostics.push_over(
                attribute,
                with_help("a handler cannot also be a test", help),
            );
        }
        Some(attribute) => {
            let help = "write the handler as a function of its own";
            diagnostics.push_over(
                attribute,
                with_help("a handler cannot also be `main`", help),
            );
        }
        None if function.name == "main" => {
            let help = "give the handler another name; `#[toolkit_zero::main]` starts the server";
            diagnostics.push(
                function.name.span(),
                with_help("`main` cannot be a route", help),
            );
        }
        None => {}
    }
}

/// Async, or told to be blocking; and with a body.
fn can_be_called(function: &Function, declarations: &[Declaration], diagnostics: &mut Diagnostics) {
    let name = plain(&function.name);
    if let Some(semicolon) = function.bodyless {
        let help = "attributes go on the function that does the work, not on its declaration";
        diagnostics.push(semicolon, with_help("a handler needs a body", help));
    }
    // A declaration that was refused may have said `blocking`: nothing to add then.
    if declarations.is_empty() {
        return;
    }
    let blocking = declarations
        .iter()
        .all(|declaration| declaration.options.blocking);
    let some_blocking = declarations
        .iter()
        .any(|declaration| declaration.options.blocking);
    match function.asyncness {
        // `const` has its own sentence.
        None if !blocking && function.constness.is_none() => {
            let help = format!(
                "write `async fn {name}`, or add `blocking` to the attribute for code that blocks"
            );
            diagnostics.push(
                function.keyword,
                with_help(format!("handler `{name}` must be `async`"), help),
            );
        }
        Some(keyword) if some_blocking => {
            let help = "remove `async`, or remove `blocking`: code that awaits does not block";
            diagnostics.push(
                keyword,
                with_help("a `blocking` handler is a plain `fn`", help),
            );
        }
        _ => {}
    }
}

fn qualifiers(function: &Function, diagnostics: &mut Diagnostics) {
    if let Some(keyword) = function.unsafety {
        let message = with_help(
            "a handler cannot be `unsafe`",
            "wrap the unsafe part of its body in `unsafe { .. }`",
        );
        diagnostics.push(keyword, message);
    }
    if let Some(abi) = &function.abi {
        let message = with_help(
            "a handler cannot have an ABI",
            "remove `extern`, or call the function from a handler",
        );
        diagnostics.push_over(abi, message);
    }
    // rustc refuses a function that is both.
    if let Some(keyword) = function.constness.filter(|_| function.asyncness.is_none()) {
        diagnostics.push(
            keyword,
            with_help("a handler cannot be `const`", "remove `const`"),
        );
    }
}

fn is_concrete(function: &Function, diagnostics: &mut Diagnostics) {
    if !function.generics.is_empty() {
        let trees: Vec<TokenTree> = function.generics.clone().into_iter().collect();
        let inner = trees
            .get(1..trees.len().saturating_sub(1))
            .unwrap_or_default();
        let parameters = split_at_commas(inner, Angles::OfTypes);
        let only_lifetimes = parameters
            .iter()
            .all(|parameter| is_punct(parameter.first(), '\''));
        let message = if only_lifetimes {
            with_help(
                "a handler cannot have lifetime parameters",
                "take owned types: `String` for `&str`",
            )
        } else {
            let reason = "a handler cannot be generic: routes are collected at link time, before a type is chosen";
            with_page(
                reason,
                "write one function per type, each calling a generic one",
                "generic",
            )
        };
        diagnostics.push_over(&function.generics, message);
    }
    if !function.where_clause.is_empty() {
        let message = with_help(
            "a handler cannot have a where clause",
            "its types are concrete: remove the clause",
        );
        diagnostics.push_over(&function.where_clause, message);
    }
}

fn argument(input: &Input, diagnostics: &mut Diagnostics) {
    for attribute in input
        .attributes
        .iter()
        .filter(|attribute| attribute.decides_existence())
    {
        let help = "put it on the whole function, in two versions";
        let message = with_help("`#[cfg]` on an argument is not supported", help);
        diagnostics.push_over(attribute, message);
    }
    if input.is_variadic() {
        let help = "take the remainder of the path as `{*rest}`, or a list as `Query<T>`";
        diagnostics.push_over(
            &input.whole,
            with_help("a handler cannot be variadic", help),
        );
    } else if input.is_receiver() {
        let help = "take shared data with `State<T>`";
        diagnostics.push_over(
            &input.whole,
            with_help("a handler cannot take `self`", help),
        );
    } else if let Some(message) = unusable_type(input) {
        diagnostics.push_over(&input.ty, message);
    }
}

fn unusable_type(input: &Input) -> Option<String> {
    const NOT_OWNED: &str = "a handler argument must be owned";
    const NOT_CONCRETE: &str = "a handler argument must be a concrete type";
    let trees: Vec<TokenTree> = input.ty.clone().into_iter().collect();
    let anonymous = |tree: &TokenTree, next: Option<&TokenTree>| {
        is_punct(Some(tree), '\'') && ident(next).is_some_and(|name| name != "static")
    };
    if is_punct(trees.first(), '&') {
        let referred = trees
            .iter()
            .skip(1)
            .skip_while(|tree| is_punct(Some(tree), '\''));
        let referred: Vec<TokenTree> = referred
            .filter(|tree| !is_ident(Some(tree), "mut") && !is_ident(Some(tree), "static"))
            .cloned()
            .collect();
        let help = match referred.as_slice() {
            [TokenTree::Ident(name)] if name == "str" => "use `String`".to_owned(),
            [TokenTree::Group(slice)] if slice.delimiter() == Delimiter::Bracket => {
                format!("use `Vec<{}>`", written(&slice.stream()))
            }
            referred => {
                let owned = written(&referred.iter().cloned().collect());
                format!("take `{owned}`, or `State<{owned}>` for shared data, which clones it")
            }
        };
        return Some(with_help(NOT_OWNED, help));
    }
    if any(input.ty.clone(), &|tree, _| is_ident(Some(tree), "impl")) {
        let help = "write the type itself; routes are collected before a type is chosen";
        return Some(with_help(NOT_CONCRETE, help));
    }
    match trees.as_slice() {
        [TokenTree::Ident(name), ..] if name == "dyn" => Some(with_help(
            NOT_CONCRETE,
            format!("use `State<Arc<{}>>`", written(&input.ty)),
        )),
        [TokenTree::Ident(name)] if name == "str" => Some(with_help(NOT_CONCRETE, "use `String`")),
        [slice] => {
            let slice = group(Some(slice), Delimiter::Bracket)?;
            let element = slice.stream();
            let sized = element
                .clone()
                .into_iter()
                .any(|tree| is_punct(Some(&tree), ';'));
            (!sized).then(|| with_help(NOT_CONCRETE, format!("use `Vec<{}>`", written(&element))))
        }
        _ => any(input.ty.clone(), &anonymous)
            .then(|| with_help(NOT_OWNED, "use a type without a lifetime")),
    }
}
