//! Small questions about token trees.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// The trees of `tokens` with the invisible groups of `macro_rules!` fragments opened.
pub(crate) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut trees = Vec::new();
    for tree in tokens {
        if let TokenTree::Group(group) = &tree
            && group.delimiter() == Delimiter::None
        {
            trees.extend(flat(group.stream()));
        } else {
            trees.push(tree);
        }
    }
    trees
}

pub(crate) fn punct(tree: Option<&TokenTree>, expected: char) -> Option<&Punct> {
    match tree {
        Some(TokenTree::Punct(punct)) if punct.as_char() == expected => Some(punct),
        _ => None,
    }
}

pub(crate) fn is_punct(tree: Option<&TokenTree>, expected: char) -> bool {
    punct(tree, expected).is_some()
}

pub(crate) fn ident(tree: Option<&TokenTree>) -> Option<&Ident> {
    match tree {
        Some(TokenTree::Ident(ident)) => Some(ident),
        _ => None,
    }
}

pub(crate) fn is_ident(tree: Option<&TokenTree>, expected: &str) -> bool {
    ident(tree).is_some_and(|ident| ident == expected)
}

pub(crate) fn group(tree: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match tree {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// Is there a path separator `::` at `at`?
pub(crate) fn is_path_separator(trees: &[TokenTree], at: usize) -> bool {
    punct(trees.get(at), ':').is_some_and(|first| first.spacing() == Spacing::Joint)
        && is_punct(trees.get(at + 1), ':')
}

/// Whose commas separate: those of types, where every `<` opens, or those of expressions, where only `::<` does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Angles {
    OfTypes,
    OfExpressions,
}

/// The pieces between the commas of this level; a trailing comma adds none.
pub(crate) fn split_at_commas(trees: &[TokenTree], angles: Angles) -> Vec<&[TokenTree]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Punct(punct) = tree else {
            continue;
        };
        let before = at.checked_sub(1).and_then(|before| trees.get(before));
        match punct.as_char() {
            '<' if depth > 0 || angles == Angles::OfTypes || is_punct(before, ':') => depth += 1,
            '>' if !is_punct(before, '-') && !is_punct(before, '=') => {
                depth = depth.saturating_sub(1);
            }
            ',' if depth == 0 => {
                pieces.push(&trees[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if start < trees.len() {
        pieces.push(&trees[start..]);
    }
    pieces
}

pub(crate) fn stream(trees: &[TokenTree]) -> TokenStream {
    trees.iter().cloned().collect()
}

/// The spans of the first and the last tree, for errors and generated tokens that cover all of them.
pub(crate) fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|tree| tree.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// Does `found` hold for a tree at any depth? It sees the tree and the one after it.
pub(crate) fn any(
    tokens: TokenStream,
    found: &dyn Fn(&TokenTree, Option<&TokenTree>) -> bool,
) -> bool {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| {
        let inside = match tree {
            TokenTree::Group(group) => any(group.stream(), found),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        inside || found(tree, trees.get(at + 1))
    })
}

/// `r#type` and `type` are one name.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#")
        .map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn pieces(tokens: TokenStream, angles: Angles) -> usize {
        split_at_commas(&flat(tokens), angles).len()
    }

    #[test]
    fn commas_of_generics_do_not_separate() {
        assert_eq!(
            pieces(
                quote!(a: Map<K, Vec<V>>, f: fn(A) -> B, c: C,),
                Angles::OfTypes
            ),
            3
        );
        assert_eq!(
            pieces(
                quote!("/a", layer = limit::<A, B>(3), x = a < b),
                Angles::OfExpressions
            ),
            3
        );
    }

    #[test]
    fn raw_identifiers_are_read_plainly() {
        assert_eq!(plain(&Ident::new_raw("type", Span::call_site())), "type");
    }
}
