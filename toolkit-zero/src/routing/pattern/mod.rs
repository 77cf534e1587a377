//! `/users/{id}` into segments.

mod error;
mod name;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use crate::message::path::INNER_SLASH;

pub use error::{PatternError, PatternErrorKind};

/// The most captures that one pattern can have.
pub(crate) const MAX_CAPTURES: usize = 12;

/// What a [`Pattern::shape`] has in place of a capture. Neither this nor the next byte occurs in a key.
pub(crate) const CAPTURE: u8 = 0xFD;
/// What a [`Pattern::shape`] has in place of a rest.
pub(crate) const REST: u8 = 0xFE;

/// Which paths a route answers: `/users/{id}`.
///
/// A pattern is a list of segments, each after a `/`:
///
/// | written | matches |
/// |---|---|
/// | `users` | this text, compared after percent-decoding: `/a%20b` is the segment `a b` |
/// | `{id}` | one whole segment that is not empty |
/// | `{*rest}` | the whole remainder, which is not empty; only at the end |
/// | `{{`, `}}` | a literal brace |
///
/// A trailing slash is an empty last segment: `/a/` and `/a` are two patterns. Names of captures are Rust identifiers.
///
/// Two patterns are equal if they match the same paths, whatever their captures are called:
///
/// ```
/// use toolkit_zero::routing::Pattern;
///
/// let pattern: Pattern = "/users/{id}".parse()?;
/// assert_eq!(pattern, "/users/{name}".parse()?);
/// assert_ne!(pattern, "/users/{id}/".parse()?);
/// # Ok::<(), toolkit_zero::routing::PatternError>(())
/// ```
#[derive(Clone)]
pub struct Pattern {
    text: Arc<str>,
    segments: Box<[Segment]>,
    shape: Box<[u8]>,
}

/// What stands between two slashes of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a fourth kind would be another grammar, and every reader must know it"
)]
pub enum Segment {
    /// This text, percent-decoded. Empty after a trailing slash.
    Literal(String),
    /// One segment, under this name.
    Capture(String),
    /// The remainder, under this name.
    Rest(String),
}

/// A name that a [`Pattern`] gives to a part of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture<'a> {
    name: &'a str,
    rest: bool,
}

impl<'a> Capture<'a> {
    /// The name between the braces.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Whether it takes the remainder of the path and not one segment.
    pub fn is_rest(&self) -> bool {
        self.rest
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first mistake in the text, with its place and what to write instead.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let segments = parse::segments(text)?;
        let shape = shape_of(&segments, text.len());
        Ok(Self {
            text: text.into(),
            segments: segments.into(),
            shape: shape.into(),
        })
    }

    /// This pattern below a prefix, itself a pattern that may have captures.
    ///
    /// An empty prefix and `/` change nothing. The root below a prefix is the prefix itself: `/api` and `/` give `/api`,
    /// as with nested routers elsewhere. A prefix with a trailing slash keeps it there: `/api/` and `/` give `/api/`, and
    /// `/api/` and `/users` give `/api/users`.
    ///
    /// # Errors
    /// The first mistake in the joined text: a fault of the prefix, or a capture that both of them name.
    pub fn prefixed(&self, prefix: &str) -> Result<Self, PatternError> {
        if prefix.is_empty() || prefix == "/" {
            return Ok(self.clone());
        }
        match &*self.text {
            "/" => Self::parse(prefix),
            text => Self::parse(&format!(
                "{}{text}",
                prefix.strip_suffix('/').unwrap_or(prefix)
            )),
        }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text as it was written, to be kept.
    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The segments in order; never empty, as `/` is one empty literal.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The captures in order, the rest last.
    pub fn captures(&self) -> impl Iterator<Item = Capture<'_>> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Capture(name) => Some(Capture { name, rest: false }),
            Segment::Rest(name) => Some(Capture { name, rest: true }),
        })
    }

    /// What the pattern matches, without the names: the key of its literals, with one byte for a capture or a rest.
    pub(crate) fn shape(&self) -> &[u8] {
        &self.shape
    }
}

/// Of a pattern that is written in so many bytes; no shape is longer.
fn shape_of(segments: &[Segment], written: usize) -> Vec<u8> {
    let mut shape = Vec::with_capacity(written);
    for segment in segments {
        shape.push(b'/');
        match segment {
            Segment::Literal(text) => {
                shape.extend(
                    text.bytes()
                        .map(|byte| if byte == b'/' { INNER_SLASH } else { byte }),
                );
            }
            Segment::Capture(_) => shape.push(CAPTURE),
            Segment::Rest(_) => shape.push(REST),
        }
    }
    shape
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shape.hash(state);
    }
}

/// By their literals, byte by byte; a capture comes after all text, and a rest after a capture.
impl Ord for Pattern {
    fn cmp(&self, other: &Self) -> Ordering {
        self.shape.cmp(&other.shape)
    }
}

impl PartialOrd for Pattern {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests;
