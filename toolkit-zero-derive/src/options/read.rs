//! Options against their table: unknown, repeated and ill-typed ones are refused, the others become values.

use proc_macro2::{Group, Ident, Span, TokenTree};
use syn::Lit;

use crate::diagnostics::{Diagnostics, did_you_mean, with_help};
use crate::options::layout::Piece;
use crate::options::{Kind, NamedCrate, Options, Refusal, Table, value};
use crate::pattern::Pattern;
use crate::syntax::attribute;
use crate::syntax::text::string_of;
use crate::syntax::tokens::{Angles, flat, ident, is_punct, plain, split_at_commas, stream};

/// Reads the pieces that are options. `others` says what to answer to a key that is in no table.
pub(crate) fn read(pieces: &[&Piece], table: &Table, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    for piece in pieces {
        let Some(key) = piece.key() else {
            let known: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
            let help = did_you_mean("", &known);
            diagnostics.push(piece.span(), with_help("expected an option", help));
            continue;
        };
        let name = plain(key);
        let Some((known, kind)) = table.iter().find(|(known, _)| *known == name) else {
            diagnostics.push(key.span(), unknown(&name, table));
            continue;
        };
        if *kind != Kind::Expression && seen.contains(&name) {
            diagnostics.push(
                key.span(),
                with_help(format!("`{name}` is given twice"), "remove one"),
            );
            continue;
        }
        seen.push(name);
        if let Err((span, message)) = set(&mut options, known, *kind, piece, key) {
            diagnostics.push(span, message);
        }
    }
    options
}

fn unknown(name: &str, table: &Table) -> String {
    let known: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    with_help(
        format!("unknown option `{name}`"),
        did_you_mean(name, &known),
    )
}

fn set(
    options: &mut Options,
    name: &str,
    kind: Kind,
    piece: &Piece,
    key: &Ident,
) -> Result<(), Refusal> {
    let trees = match (kind, piece) {
        (Kind::Flag, Piece::Word(_)) => &[],
        (Kind::Flag, _) => {
            return Err((
                key.span(),
                with_help(
                    format!("`{name}` takes no value"),
                    format!("write `{name}`"),
                ),
            ));
        }
        (Kind::Crates, Piece::List(_, list)) => {
            options.crates = named_crates(list)?;
            return Ok(());
        }
        (_, Piece::Pair(_, trees)) if !trees.is_empty() && kind != Kind::Crates => trees.as_slice(),
        _ => {
            let example = example(name, kind);
            let message = with_help(
                format!("`{name}` needs a value"),
                format!("write `{example}`"),
            );
            return Err((key.span(), message));
        }
    };
    let wanted = |what: &str| {
        (
            span_of(trees),
            with_help(
                format!("`{name}` takes {what}"),
                format!("e.g. `{}`", example(name, kind)),
            ),
        )
    };
    match kind {
        Kind::Flag if name == "blocking" => options.blocking = true,
        Kind::Flag => options.allow_body = true,
        Kind::Text => {
            let text = only_string(trees).ok_or_else(|| wanted("a string"))?;
            let place = if name == "name" {
                &mut options.name
            } else {
                &mut options.tag
            };
            *place = Some(text);
        }
        Kind::Size => {
            let bytes = match (only_string(trees), only_integer(trees)) {
                (Some(text), _) => {
                    value::size(&text).ok_or_else(|| not_a(trees, &text, "a size", "\"2MiB\""))?
                }
                (None, Some(bytes)) => bytes,
                (None, None) => return Err(wanted("a size")),
            };
            options.body_limit = Some(bytes);
        }
        Kind::Time => {
            let text = only_string(trees).ok_or_else(|| wanted("a time"))?;
            let time = value::milliseconds(&text);
            options.timeout_ms = Some(time.ok_or_else(|| not_a(trees, &text, "a time", "\"2s\""))?);
        }
        Kind::Disconnect => {
            options.cancel_on_disconnect = match only_string(trees).as_deref() {
                Some("finish") => Some(false),
                Some("cancel") => Some(true),
                _ => return Err(wanted("`\"finish\"` or `\"cancel\"`")),
            };
        }
        Kind::Status => {
            let status = only_integer(trees).ok_or_else(|| wanted("an integer"))?;
            let valid = u16::try_from(status)
                .ok()
                .filter(|status| (100..=599).contains(status));
            options.status = Some(
                valid.ok_or_else(|| not_a(trees, &status.to_string(), "an HTTP status", "201"))?,
            );
        }
        Kind::Count => {
            let count = only_integer(trees).and_then(|count| usize::try_from(count).ok());
            options.workers = Some(
                count
                    .filter(|count| *count > 0)
                    .ok_or_else(|| wanted("a positive integer"))?,
            );
        }
        Kind::Truth => {
            options.link = match trees {
                [TokenTree::Ident(word)] if word == "true" => Some(true),
                [TokenTree::Ident(word)] if word == "false" => Some(false),
                _ => return Err(wanted("`true` or `false`")),
            };
        }
        Kind::Expression => options.layers.push(stream(trees)),
        Kind::Path => {
            if attribute::path_length(trees) != trees.len() || trees.is_empty() {
                return Err(wanted("a path"));
            }
            options.krate = Some(stream(trees));
        }
        Kind::Address => {
            let text = only_string(trees).ok_or_else(|| wanted("a string"))?;
            if !is_address(&text) {
                return Err(not_a(
                    trees,
                    &text,
                    "a socket address",
                    "\"127.0.0.1:8080\"",
                ));
            }
            options.addr = Some(text);
        }
        Kind::Crates => {}
    }
    Ok(())
}

fn example(name: &str, kind: Kind) -> String {
    let value = match kind {
        Kind::Text => "\"..\"",
        Kind::Size => "\"2MiB\"",
        Kind::Time => "\"2s\"",
        Kind::Disconnect => "\"finish\"",
        Kind::Status => "201",
        Kind::Count => "4",
        Kind::Truth => "false",
        Kind::Expression => "expression",
        Kind::Path => "my_app::toolkit_zero",
        Kind::Address => "\"127.0.0.1:8080\"",
        Kind::Crates => return format!("{name}(a, b = \"/prefix\")"),
        Kind::Flag => return name.to_owned(),
    };
    format!("{name} = {value}")
}

fn not_a(trees: &[TokenTree], given: &str, what: &str, example: &str) -> Refusal {
    (
        span_of(trees),
        with_help(
            format!("`{given}` is not {what}"),
            format!("e.g. `{example}`"),
        ),
    )
}

fn span_of(trees: &[TokenTree]) -> Span {
    trees.first().map_or_else(Span::call_site, TokenTree::span)
}

fn only_string(trees: &[TokenTree]) -> Option<String> {
    if trees.len() == 1 {
        string_of(trees.first())
    } else {
        None
    }
}

fn only_integer(trees: &[TokenTree]) -> Option<u64> {
    match trees {
        [TokenTree::Literal(literal)] => match Lit::new(literal.clone()) {
            Lit::Int(integer) => integer.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// A host and a port: an address, or a name that the system resolves when the program starts.
fn is_address(text: &str) -> bool {
    let named = |(host, port): (&str, &str)| {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
        !host.is_empty() && host.chars().all(letters) && port.parse::<u16>().is_ok()
    };
    text.parse::<std::net::SocketAddr>().is_ok() || text.rsplit_once(':').is_some_and(named)
}

fn named_crates(list: &Group) -> Result<Vec<NamedCrate>, Refusal> {
    let trees = flat(list.stream());
    let mut crates: Vec<NamedCrate> = Vec::new();
    for piece in split_at_commas(&trees, Angles::OfExpressions) {
        let Some(name) = ident(piece.first()) else {
            return Err((
                span_of(piece),
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
                    span_of(rest),
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
