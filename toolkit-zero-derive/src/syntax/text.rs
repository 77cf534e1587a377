//! Reading string literals and writing types into sentences.

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::Lit;

/// The value of a plain string literal, raw ones included.
pub(crate) fn string(literal: &Literal) -> Option<String> {
    if let Lit::Str(text) = Lit::new(literal.clone()) {
        return Some(text.value());
    }
    None
}

/// The string if the tree is a plain string literal.
pub(crate) fn string_of(tree: Option<&TokenTree>) -> Option<String> {
    match tree {
        Some(TokenTree::Literal(literal)) => string(literal),
        _ => None,
    }
}

/// The integer if the tree is a literal of one, whatever its suffix.
pub(crate) fn integer_of(tree: Option<&TokenTree>) -> Option<u64> {
    if let Some(TokenTree::Literal(literal)) = tree
        && let Lit::Int(integer) = Lit::new(literal.clone())
    {
        return integer.base10_parse().ok();
    }
    None
}

/// Appends the percent-encoding of a byte (RFC 3986 2.1).
pub(crate) fn escape(text: &mut String, byte: u8) {
    text.push('%');
    for digit in [byte >> 4, byte & 0xF] {
        let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
        text.push(digit.to_ascii_uppercase());
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
