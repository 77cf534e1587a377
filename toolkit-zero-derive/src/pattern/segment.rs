//! One segment of a pattern, and everything that can be wrong with it.

use std::ops::Range;

use crate::pattern::drawing::Fault;

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The text with its braces undoubled and its escapes as written.
    Literal(String),
    Capture(Capture),
}

/// `{name}` or `{*name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) rest: bool,
    /// Where it stands in the pattern, braces included.
    pub(crate) at: Range<usize>,
}

impl Segment {
    pub(crate) fn capture(&self) -> Option<&Capture> {
        match self {
            Self::Capture(capture) => Some(capture),
            Self::Literal(_) => None,
        }
    }
}

pub(crate) fn parse(pattern: &str, range: Range<usize>, last: bool) -> Result<Segment, Fault> {
    let text = &pattern[range.clone()];
    if text.is_empty() {
        let help = format!("write `{}`", collapsed(pattern));
        let slashes = range.start.saturating_sub(1)..range.end + 1;
        return Err(Fault::new(
            slashes,
            "a path cannot have an empty segment",
            "",
            help,
        ));
    }
    foreign_syntax(text, &range)?;
    let pieces = pieces(text, range.start)?;
    let captures: Vec<&Capture> = pieces.iter().filter_map(Segment::capture).collect();
    match (captures.as_slice(), pieces.as_slice()) {
        ([], _) => {
            let literal = pieces.iter().map(literal_text).collect::<String>();
            literal_rules(text, &range)?;
            Ok(Segment::Literal(literal))
        }
        ([capture], [_]) if capture.rest && !last => {
            let message = format!("`{{*{}}}` must be the last segment", capture.name);
            Err(Fault::new(
                capture.at.clone(),
                message,
                "",
                "nothing can follow what takes the remainder",
            ))
        }
        ([_], [capture]) => Ok(capture.clone()),
        ([capture], _) => {
            let star = if capture.rest { "*" } else { "" };
            let message = format!("`{{{star}{}}}` must be a whole segment", capture.name);
            let help = format!(
                "take the segment as `{{{}}}: String` and parse it",
                capture.name
            );
            Err(Fault::new(capture.at.clone(), message, "", help))
        }
        (captures, _) => {
            let at = captures.get(1).map_or(range, |second| second.at.clone());
            let help = "split them with `/`, or take one `String` and parse it";
            Err(Fault::new(at, "one parameter per segment", "", help))
        }
    }
}

fn literal_text(segment: &Segment) -> &str {
    match segment {
        Segment::Literal(text) => text,
        Segment::Capture(_) => "",
    }
}

fn collapsed(pattern: &str) -> String {
    let mut text = pattern.to_owned();
    while text.contains("//") {
        text = text.replace("//", "/");
    }
    text
}

/// `:id`, `<id>` and `*rest` of other frameworks.
fn foreign_syntax(text: &str, range: &Range<usize>) -> Result<(), Fault> {
    let (name, star) = if let Some(name) = text.strip_prefix(':') {
        (name, "")
    } else if let Some(name) = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
    {
        (
            name.trim_end_matches("..").trim_start_matches(':'),
            if name.ends_with("..") { "*" } else { "" },
        )
    } else if let Some(name) = text.strip_prefix('*') {
        (name, "*")
    } else {
        return Ok(());
    };
    let name = name.rsplit(':').next().unwrap_or(name);
    if !is_name(name) {
        return Ok(());
    }
    let message = format!("path parameters are written `{{{star}{name}}}`");
    Err(Fault::new(
        range.clone(),
        message,
        "",
        format!("replace `{text}` by `{{{star}{name}}}`"),
    ))
}

/// Literals and captures in their order; `start` is where `text` begins in the pattern.
fn pieces(text: &str, start: usize) -> Result<Vec<Segment>, Fault> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            literal.push(letter);
            at += 2;
        } else if letter == '{' {
            let here = start + at;
            let Some(length) = rest.find('}') else {
                let name = rest[1..].trim_start_matches('*');
                let help = if is_name(name) {
                    format!("write `{rest}}}`")
                } else {
                    "write `{id}`".to_owned()
                };
                return Err(Fault::new(here..here + 1, "`{` is never closed", "", help));
            };
            if !literal.is_empty() {
                pieces.push(Segment::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Segment::Capture(capture(
                &rest[1..length],
                here..here + length + 1,
            )?));
            at += length + 1;
        } else if letter == '}' {
            let here = start + at;
            return Err(Fault::new(
                here..here + 1,
                "`}` without `{`",
                "",
                "double it (`}}`) for a literal brace",
            ));
        } else {
            literal.push(letter);
            at += letter.len_utf8();
        }
    }
    if !literal.is_empty() {
        pieces.push(Segment::Literal(literal));
    }
    Ok(pieces)
}

fn capture(inner: &str, at: Range<usize>) -> Result<Capture, Fault> {
    let (name, rest) = match inner.strip_prefix('*') {
        Some(name) => (name, true),
        None => (inner, false),
    };
    if name.is_empty() {
        let help = if rest {
            "e.g. `{*rest}`"
        } else {
            "e.g. `{id}`"
        };
        return Err(Fault::new(at, "a path parameter needs a name", "", help));
    }
    if is_name(name) {
        return Ok(Capture {
            name: name.to_owned(),
            rest,
            at,
        });
    }
    if let Some((name, _)) = name.split_once(':').filter(|(name, _)| is_name(name)) {
        let help = format!(
            "write `{{{name}}}` and give the argument a type; `{name}: u64` accepts digits only"
        );
        return Err(Fault::new(at, "parameters have no pattern", "", help));
    }
    let help = match as_name(name) {
        Some(better) => format!("try `{{{better}}}`"),
        None => "names are letters, digits and `_`, and begin with no digit".to_owned(),
    };
    Err(Fault::new(
        at,
        format!("`{name}` is not a valid argument name"),
        "",
        help,
    ))
}

/// A word that can name an argument. `_` alone names nothing.
pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic());
    first && text != "_" && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

fn as_name(text: &str) -> Option<String> {
    let replaced: String = text
        .trim()
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    is_name(&replaced).then_some(replaced)
}

fn literal_rules(text: &str, range: &Range<usize>) -> Result<(), Fault> {
    if text == "." || text == ".." {
        let message = format!("a path cannot have the segment `{text}`");
        return Err(Fault::new(
            range.clone(),
            message,
            "",
            "clients remove dot segments before they send a path",
        ));
    }
    for (offset, letter) in text.char_indices() {
        let at = range.start + offset;
        let here = at..at + letter.len_utf8();
        match letter {
            '?' => {
                let help = "take the query as an argument: `query: Query<T>`";
                return Err(Fault::new(
                    here,
                    "a path cannot contain `?`",
                    "the query is not part of it",
                    help,
                ));
            }
            '#' => {
                let help = "a fragment never reaches the server; write `%23` for the character";
                return Err(Fault::new(here, "a path cannot contain `#`", "", help));
            }
            ' ' => {
                return Err(Fault::new(
                    here,
                    "a path cannot contain a space",
                    "",
                    "write `%20`",
                ));
            }
            '\\' => {
                return Err(Fault::new(
                    here,
                    "a path cannot contain `\\`",
                    "",
                    "segments are separated by `/`",
                ));
            }
            letter if letter.is_control() => {
                let message = "a path cannot contain a control character";
                return Err(Fault::new(here, message, "", "remove it"));
            }
            '%' if !is_escape(&text[offset..]) => {
                let escape: String = text[offset..].chars().take(3).collect();
                let end = at + escape.len();
                let message = format!("`{escape}` is not a valid escape");
                return Err(Fault::new(
                    at..end,
                    message,
                    "",
                    "write `%25` for a percent sign",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_escape(text: &str) -> bool {
    let digits = text.as_bytes().get(1..3);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}
