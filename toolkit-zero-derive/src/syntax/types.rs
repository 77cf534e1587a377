//! Types as they are written. A name can lie, so little but words depends on what is read here.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::syntax::tokens::{
    Angles, any, flat, group, ident, is_ident, is_punct, split_at_commas, stream,
};

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

/// A returned type as it is written, in the words of the runtime: `Parts<true, false>` of `Result<Json<User>, Error>`. Of what
/// is `true` the fault would be in the type within, as [`blames_within`] has it of arguments.
pub(crate) fn shape(returned: &TokenStream) -> TokenStream {
    let trees = flat(returned.clone());
    let json = |part: &[TokenTree]| any(stream(part), &|tree, _| is_ident(Some(tree), "Json"));
    let parts = |inside: &TokenStream| -> Vec<bool> {
        let parts = flat(inside.clone());
        let parts = split_at_commas(&parts, Angles::OfTypes).into_iter();
        parts.map(json).collect()
    };
    let named = |name: &str| is_ident(trees.first(), name) && is_punct(trees.get(1), '<');
    if let ([_], Some(tuple)) = (
        trees.as_slice(),
        group(trees.first(), Delimiter::Parenthesis),
    ) {
        if let [_, body] | [_, _, body] = parts(&tuple.stream())[..] {
            return quote!(__p::Parts<false, #body>);
        }
    } else if named("Result") {
        if let [value, error] = parts(&within(returned))[..] {
            return quote!(__p::Parts<#value, #error>);
        }
    } else if named("Option")
        && let [value] = parts(&within(returned))[..]
    {
        return quote!(__p::Parts<#value, false>);
    }
    let within = json(&trees);
    quote!(__p::One<#within>)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_says_where_a_json_may_be_at_fault() {
        for (returned, expected) in [
            (quote!(User), "One < false >"),
            (quote!(Json<User>), "One < true >"),
            (quote!(Answer<Json<User>>), "One < true >"),
            (quote!(std::io::Result<String>), "One < false >"),
            (quote!(Result<Json<Map<K, V>>, E>), "Parts < true , false >"),
            (
                quote!(Result<(StatusCode, Json<User>), E>),
                "Parts < true , false >",
            ),
            (quote!(Option<String>), "Parts < false , false >"),
            (quote!((StatusCode, Json<User>)), "Parts < false , true >"),
            (
                quote!((StatusCode, [(N, V); 2], String)),
                "Parts < false , false >",
            ),
            (quote!(()), "One < false >"),
            (quote!((A, B, C, D)), "One < false >"),
        ] {
            assert_eq!(shape(&returned).to_string(), format!("__p :: {expected}"));
        }
    }
}
