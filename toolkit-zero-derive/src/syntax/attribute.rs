//! One `#[..]` and what it is called.

use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::ToTokens;

use crate::syntax::tokens::{
    Angles, flat, group, ident, is_path_separator, is_punct, plain, split_at_commas, stream,
};

/// An outer attribute, kept as it was written.
#[derive(Clone)]
pub(crate) struct Attribute {
    pub(crate) pound: Punct,
    pub(crate) brackets: Group,
    pub(crate) path: Vec<Ident>,
    /// What follows the path: nothing, `= value` or one group.
    pub(crate) rest: Vec<TokenTree>,
}

impl Attribute {
    pub(crate) fn new(pound: Punct, brackets: Group) -> Self {
        let trees = flat(brackets.stream());
        let (path, end) = leading_path(&trees);
        Self {
            pound,
            brackets,
            path,
            rest: trees[end..].to_vec(),
        }
    }

    /// The name of the attribute without its path.
    pub(crate) fn name(&self) -> String {
        self.path.last().map(plain).unwrap_or_default()
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.path.len() == 1 && self.path[0] == name
    }

    /// Written alone or behind the path of the framework: the way ours are written.
    pub(crate) fn may_be_ours(&self) -> bool {
        match self.path.as_slice() {
            [_] => true,
            [.., before, _] => before == "toolkit_zero" || before == "prelude",
            [] => false,
        }
    }

    /// The tokens in the parentheses, if there are parentheses.
    pub(crate) fn arguments(&self) -> Option<TokenStream> {
        group(self.rest.first(), Delimiter::Parenthesis).map(Group::stream)
    }

    /// The tokens after `=`, if this is `#[name = value]`.
    pub(crate) fn value(&self) -> Option<&[TokenTree]> {
        is_punct(self.rest.first(), '=').then(|| &self.rest[1..])
    }

    /// Does it decide whether the item exists? `#[cfg]`, and `#[cfg_attr]` that brings one.
    pub(crate) fn decides_existence(&self) -> bool {
        self.is("cfg")
            || self
                .conditional()
                .is_some_and(|(_, inner)| inner.iter().any(Self::decides_existence))
    }

    /// The predicate and the attributes of a `#[cfg_attr(predicate, ..)]`.
    pub(crate) fn conditional(&self) -> Option<(TokenStream, Vec<Self>)> {
        if !self.is("cfg_attr") {
            return None;
        }
        let trees = flat(self.arguments()?);
        let pieces = split_at_commas(&trees, Angles::OfExpressions);
        let (predicate, attributes) = pieces.split_first()?;
        let attributes = attributes.iter().map(|piece| {
            let mut brackets = Group::new(Delimiter::Bracket, stream(piece));
            brackets.set_span(self.brackets.span());
            Self::new(self.pound.clone(), brackets)
        });
        Some((stream(predicate), attributes.collect()))
    }

    /// The same attribute with other tokens in its brackets, at the same place.
    pub(crate) fn with_contents(&self, contents: TokenStream) -> Self {
        let mut brackets = Group::new(Delimiter::Bracket, contents);
        brackets.set_span(self.brackets.span());
        Self::new(self.pound.clone(), brackets)
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.pound.to_tokens(tokens);
        self.brackets.to_tokens(tokens);
    }
}

/// How many of the trees the path at the beginning takes.
pub(crate) fn path_length(trees: &[TokenTree]) -> usize {
    leading_path(trees).1
}

/// The path at the beginning, and where it ends.
fn leading_path(trees: &[TokenTree]) -> (Vec<Ident>, usize) {
    let mut path = Vec::new();
    let mut at = if is_path_separator(trees, 0) { 2 } else { 0 };
    while let Some(segment) = ident(trees.get(at)) {
        path.push(segment.clone());
        at += 1;
        if !is_path_separator(trees, at) {
            break;
        }
        at += 2;
    }
    (path, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn attribute(tokens: TokenStream) -> Attribute {
        Attribute::new(
            Punct::new('#', proc_macro2::Spacing::Alone),
            Group::new(Delimiter::Bracket, tokens),
        )
    }

    #[test]
    fn a_cfg_within_cfg_attr_decides_existence() {
        assert!(attribute(quote!(cfg(unix))).decides_existence());
        assert!(attribute(quote!(cfg_attr(unix, cfg(test)))).decides_existence());
        assert!(!attribute(quote!(cfg_attr(unix, inline))).decides_existence());
    }

    #[test]
    fn a_method_of_another_crate_is_not_ours() {
        assert!(attribute(quote!(get("/"))).may_be_ours());
        assert!(attribute(quote!(toolkit_zero::get("/"))).may_be_ours());
        assert!(!attribute(quote!(getters::get("/"))).may_be_ours());
    }
}
