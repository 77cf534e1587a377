//! What stands beside the routes: `#[fallback]` and `#[catch(404)]`.

use proc_macro2::{Literal, Span};
use syn::Lit;

use crate::diagnostics::{Diagnostics, with_help};
use crate::options::Piece;

/// What a handler is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Route,
    Fallback,
    Catch(u16),
}

impl Role {
    /// Of the attribute `name`, whose status is taken from `pieces`; `None` where that is refused.
    pub(crate) fn take(
        name: &str,
        pieces: &mut Vec<Piece>,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        match name {
            "fallback" => Some(Self::Fallback),
            "catch" => {
                if pieces.is_empty() {
                    let message = with_help("missing status", "write `#[catch(404)]`");
                    diagnostics.push(span, message);
                    return None;
                }
                let piece = pieces.remove(0);
                match status(&piece) {
                    Ok(status) => Some(Self::Catch(status)),
                    Err(message) => {
                        diagnostics.push(piece.span(), message);
                        None
                    }
                }
            }
            _ => Some(Self::Route),
        }
    }

    /// The path of an attribute without one: everything below.
    pub(crate) fn everything(span: Span) -> Literal {
        let mut path = Literal::string("/");
        path.set_span(span);
        path
    }
}

fn status(piece: &Piece) -> Result<u16, String> {
    let wanted = || with_help("the status is a number", "write `#[catch(404)]`");
    let Piece::Literal(literal) = piece else {
        return Err(wanted());
    };
    let Lit::Int(number) = Lit::new(literal.clone()) else {
        return Err(wanted());
    };
    let code = number.base10_parse::<u16>().ok();
    code.filter(|code| (400..=599).contains(code))
        .ok_or_else(|| {
            with_help(
                format!("`{number}` is not the status of a refusal"),
                "it is from 400 to 599",
            )
        })
}
