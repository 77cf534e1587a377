//! The pattern grammar on the value of a string literal.
//!
//! `/literal`, `{name}` for one whole segment, `{*rest}` for the remainder, `{{` and `}}` for braces. The parser of
//! the runtime decides; this one refuses the same patterns earlier, at the attribute.

mod fault;
mod name;
mod parse;
mod rules;

use std::ops::Range;

pub(crate) use fault::{Fault, Kind};

/// What generated code can bind.
pub(crate) const MOST_CAPTURES: usize = 12;

/// A pattern without mistakes: captures have distinct names and a rest is last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    segments: Vec<(Segment, Range<usize>)>,
}

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// This text, percent-decoded. Empty after a trailing slash.
    Literal(String),
    Capture(String),
    Rest(String),
}

/// `{name}` or `{*name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capture<'a> {
    pub(crate) name: &'a str,
    pub(crate) rest: bool,
    /// Where it stands in the pattern, braces included.
    pub(crate) at: Range<usize>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first mistake, from the left.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let segments = parse::segments(text)?;
        Ok(Self {
            text: text.to_owned(),
            segments,
        })
    }

    pub(crate) fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().map(|(segment, _)| segment)
    }

    pub(crate) fn captures(&self) -> impl Iterator<Item = Capture<'_>> {
        self.segments.iter().filter_map(|(segment, at)| {
            let (name, rest) = match segment {
                Segment::Literal(_) => return None,
                Segment::Capture(name) => (name, false),
                Segment::Rest(name) => (name, true),
            };
            let at = at.clone();
            Some(Capture { name, rest, at })
        })
    }

    pub(crate) fn ends_with_slash(&self) -> bool {
        self.text.ends_with('/')
    }

    /// A pattern below a prefix, as the runtime joins them: the root below a prefix is the prefix itself.
    pub(crate) fn join(prefix: &str, own: &str) -> String {
        match (prefix, own) {
            ("" | "/", own) => own.to_owned(),
            (prefix, "/") => prefix.to_owned(),
            (prefix, own) => format!("{}{own}", prefix.strip_suffix('/').unwrap_or(prefix)),
        }
    }
}

#[cfg(test)]
mod tests;
