//! Reading string literals and writing types into sentences.

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::Lit;

/// The value of a plain string literal, raw ones included.
pub(crate) fn string(literal: &Literal) -> Option<String> {
    match Lit::new(literal.clone()) {
        Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// The string if the tree is a plain string literal.
pub(crate) fn string_of(tree: Option<&TokenTree>) -> Option<String> {
    match tree {
        Some(TokenTree::Literal(literal)) => string(literal),
        _ => None,
    }
}

/// Tokens as one would write them, for a message: `Json<User>`, not `Json < User >`.
pub(crate) fn written(tokens: &TokenStream) -> String {
    let mut text = String::new();
    for part in tokens.to_string().split_whitespace() {
        let tight = text.is_empty()
            || text.ends_with(['<', '&', '(', '[', ':', '!', '\''])
            || part.starts_with(['<', '>', ',', ')', ']', ':', '!', ';', '(']);
        if !tight || text.ends_with(',') {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn types_read_as_they_are_written() {
        assert_eq!(written(&quote!(Json<Vec<(A, B)>>)), "Json<Vec<(A, B)>>");
        assert_eq!(written(&quote!(&'static str)), "&'static str");
    }
}
