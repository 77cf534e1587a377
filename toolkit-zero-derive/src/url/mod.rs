//! `url!(users::user, id = 7)` and the hidden item beside a handler that it reads.
//!
//! The item is data: the parts of the pattern, and the sentence for a call that names other captures.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::diagnostics::{Diagnostics, with_help};
use crate::names::{self, Runtime};
use crate::pattern::{Pattern, Segment};
use crate::route::Route;
use crate::syntax::function::Function;
use crate::syntax::text::escape;
use crate::syntax::tokens::{Angles, flat, ident, is_punct, plain, split_at_commas, stream};

/// The item beside the handler: a type, so that it cannot meet a function of its name.
///
/// It holds the statics of the routes, too, in a place where items may stand. So everything generated is one item, and
/// in an `impl` or a trait, where none can be, rustc says so once instead of refusing each static in its own way.
pub(crate) fn item(function: &Function, routes: &[Route], statics: &TokenStream) -> TokenStream {
    let Some(first) = routes.first() else {
        return TokenStream::new();
    };
    let conditions = names::conditions(&function.conditions());
    let private = Runtime::at(first.declaration.options.krate.clone()).private();
    let name = names::url_item(&function.name, Span::call_site());
    let visibility = &function.visibility;
    let handler = plain(&function.name);
    let value = if let [only] = routes {
        let parts = parts(&only.full);
        let usage = usage(&handler, &only.full);
        quote!(__p::Url::new(#usage, &[#(#parts),*]))
    } else {
        let message = with_help(
            format!("`{handler}` has several routes, so it has no one address"),
            format!("`routes_of!({handler})` gives all of them"),
        );
        quote!(__p::Url::several(#message))
    };
    quote! {
        #conditions
        #[doc(hidden)]
        #[allow(clippy::exhaustive_enums, deprecated, non_camel_case_types, non_local_definitions, unreachable_pub)]
        #visibility enum #name {
            Declared = {
                use #private as __p;
                impl #name {
                    #[doc(hidden)]
                    pub const URL: __p::Url = #value;
                }
                #statics
                0
            },
        }
    }
}

fn usage(handler: &str, pattern: &Pattern) -> String {
    let mut arguments = String::new();
    for capture in pattern.captures() {
        arguments.extend([", ", capture.name, " = .."]);
    }
    format!("the address of `{handler}` is written `url!({handler}{arguments})`")
}

/// Literals are joined, captures stand alone.
fn parts(pattern: &Pattern) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    for segment in pattern.segments() {
        literal.push('/');
        let (name, part) = match segment {
            Segment::Literal(text) => {
                literal.push_str(&encoded(text));
                continue;
            }
            Segment::Capture(name) => (name, quote!(Segment)),
            Segment::Rest(name) => (name, quote!(Rest)),
        };
        let before = std::mem::take(&mut literal);
        parts.push(quote!(__p::UrlPart::Literal(#before)));
        parts.push(quote!(__p::UrlPart::#part(#name)));
    }
    if !literal.is_empty() {
        parts.push(quote!(__p::UrlPart::Literal(#literal)));
    }
    parts
}

/// A decoded literal as it travels: what a path may not hold (RFC 3986 3.3) becomes an escape.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            escape(&mut encoded, byte);
        }
    }
    encoded
}

/// Expands `url!(path, name = value, ..)`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let trees = flat(input);
    let mut pieces = split_at_commas(&trees, Angles::OfExpressions).into_iter();
    let Some((before, last)) = pieces.next().and_then(handler) else {
        let span = trees.first().map_or_else(Span::call_site, TokenTree::span);
        diagnostics.push(
            span,
            with_help("expected a handler", "write `url!(users::user, id = 7)`"),
        );
        return diagnostics.into_tokens();
    };
    let mut names: Vec<String> = Vec::new();
    let mut values = Vec::new();
    for piece in pieces {
        let (Some(name), true, Some(value)) = (
            ident(piece.first()),
            is_punct(piece.get(1), '='),
            piece.get(2..).filter(|value| !value.is_empty()),
        ) else {
            let span = piece.first().map_or_else(Span::call_site, TokenTree::span);
            diagnostics.push(
                span,
                with_help(
                    "expected `capture = value`",
                    "write `url!(users::user, id = 7)`",
                ),
            );
            continue;
        };
        let text = plain(name);
        if names.contains(&text) {
            diagnostics.push(
                name.span(),
                with_help(format!("`{text}` is given twice"), "remove one"),
            );
        }
        names.push(text);
        values.push(borrowed(value));
    }
    if !diagnostics.is_empty() {
        return diagnostics.into_tokens();
    }
    let item = names::url_item(&last, last.span());
    let check =
        quote_spanned!(last.span()=> const _: () = <#before #item>::URL.check(&[#(#names),*]););
    quote! {{
        #check
        <#before #item>::URL.write(&[#((#names, #values)),*])
    }}
}

/// A reference to a value, all of it at the value's place: errors about its type point there.
fn borrowed(value: &[TokenTree]) -> TokenStream {
    let span = value.first().map_or_else(Span::call_site, TokenTree::span);
    let mut parentheses = Group::new(Delimiter::Parenthesis, stream(value));
    parentheses.set_span(span);
    quote_spanned!(span=> &#parentheses)
}

/// A path to a function: what stands before its last name, and that name.
fn handler(trees: &[TokenTree]) -> Option<(TokenStream, proc_macro2::Ident)> {
    let (last, before) = trees.split_last()?;
    let last = ident(Some(last))?.clone();
    (crate::syntax::attribute::path_length(trees) == trees.len()).then(|| (stream(before), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_encoded_once() {
        assert_eq!(encoded("a b%/"), "a%20b%25%2F");
        assert_eq!(encoded("é{x}"), "%C3%A9%7Bx%7D");
    }

    #[test]
    fn the_item_is_named_after_the_last_segment() {
        let text = expand(quote!(users::r#type, id = 7)).to_string();
        assert!(
            text.contains(
                "< users :: url_wants_the_path_where_it_is_declared_type > :: URL . write"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        assert!(
            expand(quote!(user, id = 7, id = 8))
                .to_string()
                .contains("`id` is given twice")
        );
    }
}
