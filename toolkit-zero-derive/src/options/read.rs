//! Options against their table: unknown, repeated and ill-typed ones are refused, the others become values.

use proc_macro2::Ident;

use crate::diagnostics::{Diagnostics, did_you_mean, with_help};
use crate::options::given::Given;
use crate::options::layout::Piece;
use crate::options::{Kind, Options, Refusal, Table, crates};
use crate::syntax::tokens::{plain, stream};

/// Reads the pieces that are options.
pub(crate) fn read(pieces: &[&Piece], table: &Table, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    for piece in pieces {
        let Some(key) = piece.key() else {
            diagnostics.push(piece.span(), unknown("expected an option", "", table));
            continue;
        };
        let name = plain(key);
        let Some((known, kind)) = table.iter().find(|(known, _)| *known == name) else {
            let message = format!("unknown option `{name}`");
            diagnostics.push(key.span(), unknown(&message, &name, table));
            continue;
        };
        if *kind != Kind::Expression && seen.contains(&name) {
            let message = with_help(format!("`{name}` is given twice"), "remove one");
            diagnostics.push(key.span(), message);
            continue;
        }
        seen.push(name);
        let set =
            given(known, *kind, piece, key).and_then(|given| set(&mut options, &given, piece));
        if let Err((span, message)) = set {
            diagnostics.push(span, message);
        }
    }
    options
}

fn unknown(message: &str, name: &str, table: &Table) -> String {
    let known: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    with_help(message, did_you_mean(name, &known))
}

/// The value in the shape that the kind has: none for a flag, a list for crates, tokens after `=` for the others.
fn given<'a>(
    name: &'a str,
    kind: Kind,
    piece: &'a Piece,
    key: &Ident,
) -> Result<Given<'a>, Refusal> {
    let value: Option<&[_]> = match (kind, piece) {
        (Kind::Flag, Piece::Word(_)) | (Kind::Crates, Piece::List(..)) => Some(&[]),
        (Kind::Flag | Kind::Crates, _) => None,
        (_, Piece::Pair(_, value)) => Some(value.as_slice()).filter(|value| !value.is_empty()),
        _ => None,
    };
    let given = Given {
        name,
        kind,
        value: value.unwrap_or_default(),
    };
    if value.is_some() {
        return Ok(given);
    }
    let needs = if kind == Kind::Flag {
        "takes no"
    } else {
        "needs a"
    };
    let help = format!("write `{}`", given.example());
    Err((
        key.span(),
        with_help(format!("`{name}` {needs} value"), help),
    ))
}

fn set(options: &mut Options, given: &Given<'_>, piece: &Piece) -> Result<(), Refusal> {
    match given.kind {
        Kind::Flag if given.name == "blocking" => options.blocking = true,
        Kind::Flag => options.allow_body = true,
        Kind::Text if given.name == "name" => options.name = Some(given.text()?),
        Kind::Text => options.tag = Some(given.text()?),
        Kind::Size => options.body_limit = Some(given.size()?),
        Kind::Time => options.timeout_ms = Some(given.milliseconds()?),
        Kind::Disconnect => options.cancel_on_disconnect = Some(given.cancels()?),
        Kind::Status => options.status = Some(given.status()?),
        Kind::Count => options.workers = Some(given.count()?),
        Kind::Truth => options.link = Some(given.truth()?),
        Kind::Expression => options.layers.push(stream(given.value)),
        Kind::Path => options.krate = Some(given.path()?),
        Kind::Address => options.addr = Some(given.address()?),
        Kind::Crates => {
            if let Piece::List(_, list) = piece {
                options.crates = crates::named(list)?;
            }
        }
    }
    Ok(())
}
