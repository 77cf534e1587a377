//! Through the tokens of a module: every route attribute in it learns what it inherits.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::route::declares_a_route;
use crate::routes::Inherited;
use crate::syntax::attribute::{Attribute, path_length};
use crate::syntax::tokens::{flat, group, ident, is_ident, is_punct, punct, stream};

/// `tokens` are the contents of a module, `inherited` is what holds directly in it.
///
/// Macro calls and definitions are left alone: what they make is not here yet.
pub(crate) fn rewrite(tokens: TokenStream, inherited: &Inherited) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rewritten = TokenStream::new();
    let mut at = 0;
    let mut has_its_own = false;
    while at < trees.len() {
        let length = macro_call(&trees[at..]);
        if length > 0 {
            rewritten.extend(trees[at..at + length].iter().cloned());
            at += length;
        } else if let (Some(pound), Some(brackets)) = (
            punct(trees.get(at), '#'),
            group(trees.get(at + 1), Delimiter::Bracket),
        ) {
            let attribute = Attribute::new(pound.clone(), brackets.clone());
            has_its_own |= inherited.knows(&attribute) && attribute.name() == "routes";
            learned(&attribute, inherited)
                .unwrap_or(attribute)
                .to_tokens(&mut rewritten);
            at += 2;
        } else if let (true, Some(name), Some(contents)) = (
            is_ident(trees.get(at), "mod"),
            ident(trees.get(at + 1)),
            group(trees.get(at + 2), Delimiter::Brace),
        ) {
            trees[at].to_tokens(&mut rewritten);
            name.to_tokens(&mut rewritten);
            let inner = if has_its_own {
                contents.stream()
            } else {
                rewrite(contents.stream(), &inherited.deeper())
            };
            regrouped(contents, inner).to_tokens(&mut rewritten);
            has_its_own = false;
            at += 3;
        } else {
            if let TokenTree::Group(group) = &trees[at] {
                let inner = rewrite(group.stream(), inherited);
                regrouped(group, inner).to_tokens(&mut rewritten);
            } else {
                trees[at].to_tokens(&mut rewritten);
            }
            at += 1;
        }
    }
    rewritten
}

/// How many trees `name!(..)` or `macro_rules! name {..}` takes here; 0 if neither stands here.
fn macro_call(trees: &[TokenTree]) -> usize {
    if ident(trees.first()).is_none() || !is_punct(trees.get(1), '!') {
        return 0;
    }
    match (trees.get(2), trees.get(3)) {
        (Some(TokenTree::Group(_)), _) => 3,
        (Some(TokenTree::Ident(_)), Some(TokenTree::Group(_))) => 4,
        _ => 0,
    }
}

fn regrouped(group: &Group, contents: TokenStream) -> Group {
    let mut new = Group::new(group.delimiter(), contents);
    new.set_span(group.span());
    new
}

/// The attribute with what it inherits before its arguments, if it is one of ours.
fn learned(attribute: &Attribute, inherited: &Inherited) -> Option<Attribute> {
    if let Some((predicate, inner)) = attribute.conditional() {
        let learned_ones: Vec<Option<Attribute>> = inner
            .iter()
            .map(|attribute| learned(attribute, inherited))
            .collect();
        learned_ones.iter().any(Option::is_some).then_some(())?;
        let contents = inner
            .iter()
            .zip(learned_ones)
            .map(|(old, new)| new.unwrap_or_else(|| old.clone()));
        let contents = contents.map(|attribute| attribute.brackets.stream());
        return Some(attribute.with_contents(quote!(cfg_attr(#predicate, #(#contents),*))));
    }
    let name = attribute.name();
    if !inherited.knows(attribute) || !(declares_a_route(&name) || name == "routes") {
        return None;
    }
    let trees = flat(attribute.brackets.stream());
    let path = stream(&trees[..path_length(&trees)]);
    let written = group(attribute.rest.first(), Delimiter::Parenthesis);
    let arguments = written.map(Group::stream).unwrap_or_default();
    if written.is_none() && !attribute.rest.is_empty() {
        return None;
    }
    let mut list = Group::new(Delimiter::Parenthesis, quote!(#inherited #arguments));
    list.set_span(written.map_or_else(|| attribute.brackets.span(), Group::span));
    Some(attribute.with_contents(quote!(#path #list)))
}
