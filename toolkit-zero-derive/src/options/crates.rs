//! `crates(a, b = "/prefix")`: crates whose routes are mounted because they are named.

use proc_macro2::{Group, Span, TokenTree};

use crate::diagnostics::with_help;
use crate::options::{NamedCrate, Refusal};
use crate::pattern::Pattern;
use crate::syntax::text::string_of;
use crate::syntax::tokens::{Angles, flat, ident, is_punct, split_at_commas};

pub(super) fn named(list: &Group) -> Result<Vec<NamedCrate>, Refusal> {
    let trees = flat(list.stream());
    let mut crates: Vec<NamedCrate> = Vec::new();
    for piece in split_at_commas(&trees, Angles::OfExpressions) {
        let Some(name) = ident(piece.first()) else {
            return Err((
                span(piece),
                with_help(
                    "expected the name of a crate",
                    "write `crates(a, b = \"/prefix\")`",
                ),
            ));
        };
        if crates.iter().any(|known| known.name == *name) {
            return Err((
                name.span(),
                with_help(format!("`{name}` is named twice"), "remove one"),
            ));
        }
        let prefix = match &piece[1..] {
            [] => String::new(),
            [equals, TokenTree::Literal(literal)] if is_punct(Some(equals), '=') => prefix(
                string_of(Some(&TokenTree::Literal(literal.clone()))),
                literal.span(),
            )?,
            rest => {
                return Err((
                    span(rest),
                    with_help(
                        "expected `,` or a prefix",
                        format!("write `{name} = \"/prefix\"`"),
                    ),
                ));
            }
        };
        crates.push(NamedCrate {
            name: name.clone(),
            prefix,
        });
    }
    Ok(crates)
}

/// A prefix for a whole crate: a literal path, for a crate knows nothing of captures outside of it.
fn prefix(text: Option<String>, span: Span) -> Result<String, Refusal> {
    let text =
        text.ok_or_else(|| (span, with_help("a prefix is a string", "e.g. `\"/admin\"`")))?;
    let pattern = Pattern::parse(&text).map_err(|fault| (span, fault.draw(&text)))?;
    if pattern.captures().next().is_some() {
        let help = "the routes of a crate know nothing of captures outside of it";
        return Err((
            span,
            with_help("the prefix of a crate cannot have captures", help),
        ));
    }
    if pattern.ends_with_slash() {
        let shorter = text.trim_end_matches('/');
        let help = if shorter.is_empty() {
            "leave it out".to_owned()
        } else {
            format!("write `\"{shorter}\"`")
        };
        return Err((span, with_help("a prefix does not end with `/`", help)));
    }
    Ok(text)
}

fn span(trees: &[TokenTree]) -> Span {
    trees.first().map_or_else(Span::call_site, TokenTree::span)
}
