//! Types as they are written. A name can lie, so nothing but words depends on what is read here.

use proc_macro2::TokenStream;

use crate::syntax::tokens::{ident, is_punct, stream};

/// The last name of a path before its arguments: `Json` of `extract::Json<User>`.
pub(crate) fn outer(ty: &TokenStream) -> Option<String> {
    let trees: Vec<_> = ty.clone().into_iter().collect();
    let angle = trees.iter().position(|tree| is_punct(Some(tree), '<'));
    let name = ident(trees[..angle.unwrap_or(trees.len())].last())?;
    Some(name.to_string())
}

/// What stands between the first `<` and the last `>`.
pub(crate) fn within(ty: &TokenStream) -> TokenStream {
    let trees: Vec<_> = ty.clone().into_iter().collect();
    let angle = trees.iter().position(|tree| is_punct(Some(tree), '<'));
    let arguments = angle.and_then(|angle| trees.get(angle + 1..trees.len() - 1));
    stream(arguments.unwrap_or_default())
}

/// Whether a type that is no response is so for a type within, as `Option<User>` is.
pub(crate) fn reply_within(ty: &TokenStream) -> bool {
    outer(ty)
        .is_some_and(|name| name.ends_with("Result") || matches!(name.as_str(), "Option" | "Json"))
}

/// Whether a type that is no extractor is so for the type within, as `Json<User>` is, and not by itself.
pub(crate) fn blames_within(ty: &TokenStream) -> bool {
    const WRAPPERS: [&str; 5] = ["Json", "Query", "Form", "Path", "State"];
    let mut ty = ty.clone();
    while outer(&ty).is_some_and(|name| matches!(name.as_str(), "Option" | "Result" | "Valid")) {
        ty = within(&ty);
    }
    outer(&ty).is_some_and(|name| WRAPPERS.contains(&name.as_str()))
}
