//! The arguments of an attribute, cut into pieces: positional literals, then options.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

use crate::diagnostics::Diagnostics;
use crate::syntax::tokens::{Angles, flat, group, is_punct, split_at_commas, stream};

/// What stands between two commas.
pub(crate) enum Piece {
    Literal(Literal),
    /// A word alone: a flag, a method, or a path that was meant to be a literal.
    Word(Ident),
    /// `key = value`, the value maybe empty.
    Pair(Ident, Vec<TokenTree>),
    /// `key(..)`.
    List(Ident, Group),
    /// Nothing that options are made of.
    Other(TokenStream),
}

/// The pieces in their order.
pub(crate) struct Arguments {
    pub(crate) pieces: Vec<Piece>,
}

pub(crate) fn arguments(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Arguments {
    let trees = flat(tokens);
    let mut pieces = Vec::new();
    for trees in split_at_commas(&trees, Angles::OfExpressions) {
        piece(trees, &mut pieces, diagnostics);
    }
    Arguments { pieces }
}

fn piece(trees: &[TokenTree], pieces: &mut Vec<Piece>, diagnostics: &mut Diagnostics) {
    match trees {
        [] => {}
        [TokenTree::Literal(literal), rest @ ..] => {
            pieces.push(Piece::Literal(literal.clone()));
            comma_missing(rest, pieces, diagnostics);
        }
        [TokenTree::Ident(word)] => pieces.push(literal_or_word(word)),
        [TokenTree::Ident(key), equals, value @ ..] if is_punct(Some(equals), '=') => {
            let (value, rest) = whole_value(value);
            pieces.push(Piece::Pair(key.clone(), value.to_vec()));
            comma_missing(rest, pieces, diagnostics);
        }
        [TokenTree::Ident(key), list, rest @ ..]
            if group(Some(list), Delimiter::Parenthesis).is_some() =>
        {
            if let Some(list) = group(Some(list), Delimiter::Parenthesis) {
                pieces.push(Piece::List(key.clone(), list.clone()));
            }
            comma_missing(rest, pieces, diagnostics);
        }
        [TokenTree::Ident(word), rest @ ..] if starts_a_piece(rest) => {
            pieces.push(Piece::Word(word.clone()));
            comma_missing(rest, pieces, diagnostics);
        }
        trees => pieces.push(Piece::Other(stream(trees))),
    }
}

/// `true` and `false` are words to the tokenizer; they are no names.
fn literal_or_word(word: &Ident) -> Piece {
    if word == "true" || word == "false" {
        return Piece::Other(TokenTree::Ident(word.clone()).into());
    }
    Piece::Word(word.clone())
}

/// A value that is a literal ends with it; any other reaches to the comma.
fn whole_value(value: &[TokenTree]) -> (&[TokenTree], &[TokenTree]) {
    match value {
        [TokenTree::Literal(_), rest @ ..] if starts_a_piece(rest) => value.split_at(1),
        value => (value, &[]),
    }
}

fn starts_a_piece(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Literal(_), ..] | [TokenTree::Ident(_)] => true,
        [TokenTree::Ident(_), next, ..] => is_punct(Some(next), '='),
        _ => false,
    }
}

fn comma_missing(rest: &[TokenTree], pieces: &mut Vec<Piece>, diagnostics: &mut Diagnostics) {
    let Some(first) = rest.first() else { return };
    diagnostics.push(first.span(), "expected `,`");
    if starts_a_piece(rest) {
        piece(rest, pieces, &mut Diagnostics::default());
    }
}

impl Piece {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Literal(literal) => literal.span(),
            Self::Word(word) | Self::Pair(word, _) | Self::List(word, _) => word.span(),
            Self::Other(tokens) => tokens
                .clone()
                .into_iter()
                .next()
                .map_or_else(Span::call_site, |tree| tree.span()),
        }
    }

    pub(crate) fn key(&self) -> Option<&Ident> {
        match self {
            Self::Word(key) | Self::Pair(key, _) | Self::List(key, _) => Some(key),
            Self::Literal(_) | Self::Other(_) => None,
        }
    }
}
