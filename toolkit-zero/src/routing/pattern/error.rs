//! Why a text is no pattern: a sentence, the pattern with a caret under the mistake, and what to write instead.

use std::fmt::{self, Write as _};
use std::ops::Range;

/// Why a text is not a [`Pattern`](super::Pattern).
///
/// Displayed over several lines: what is wrong, the pattern with a caret under the mistake, and what to write:
///
/// ```text
/// `user-id` is not a valid argument name
///     "/users/{user-id}"
///              ^^^^^^^
/// = help: try `{user_id}`
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(Box<Refusal>);

/// The parts of a [`PatternError`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    kind: PatternErrorKind,
    pattern: String,
    spans: Vec<Range<usize>>,
    message: String,
    help: String,
}

impl PatternError {
    pub(super) fn new(
        kind: PatternErrorKind,
        pattern: &str,
        spans: Vec<Range<usize>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (message, help) = (message.into(), help.into());
        Self(Box::new(Refusal {
            kind,
            pattern: pattern.to_owned(),
            spans,
            message,
            help,
        }))
    }

    /// The pattern does not take the path below it, where that is needed.
    #[cfg(feature = "files")]
    pub(crate) fn without_rest(pattern: &str) -> Self {
        let end = pattern.len();
        let rest = format!("{}/{{*path}}", pattern.trim_end_matches('/'));
        Self::new(
            PatternErrorKind::NoRest,
            pattern,
            std::iter::once(end..end).collect(),
            "a path that serves a folder must end with `{*path}`, the path within the folder",
            format!("write `\"{rest}\"`"),
        )
    }

    /// Which rule the text breaks.
    pub fn kind(&self) -> PatternErrorKind {
        self.0.kind
    }

    /// The refused text, as it was written.
    pub fn pattern(&self) -> &str {
        &self.0.pattern
    }

    /// The bytes of the text that are at fault. Empty at the place where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.0.spans.last().cloned().unwrap_or_default()
    }

    /// The first line: what is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The last line: what to write instead.
    pub fn help(&self) -> &str {
        &self.0.help
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut drawn, mut carets) = (String::from("\""), String::from(" "));
        for (at, char) in self.pattern.char_indices() {
            let width = drawn.chars().count();
            match char {
                '"' | '\\' => drawn.push(char), // as it is written in a raw string
                _ => write!(drawn, "{}", char.escape_debug())?,
            }
            let caret = if self.spans.iter().any(|span| marks(span, at)) {
                "^"
            } else {
                " "
            };
            carets.push_str(&caret.repeat(drawn.chars().count() - width));
        }
        if self
            .spans
            .iter()
            .any(|span| marks(span, self.pattern.len()))
        {
            carets.push('^');
        }
        drawn.push('"');
        writeln!(
            f,
            "{}\n    {drawn}\n    {}",
            self.message,
            carets.trim_end()
        )?;
        write!(f, "= help: {}", self.help)
    }
}

/// Whether a caret stands under the character at this byte: an empty span marks the one that follows it.
fn marks(span: &Range<usize>, at: usize) -> bool {
    span.contains(&at) || (span.is_empty() && span.start == at)
}

/// Which rule of the grammar a text breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// Nothing at all; the root is `/`.
    Empty,
    /// The first character is not `/`.
    NoLeadingSlash,
    /// A `{` without its `}`.
    UnclosedBrace,
    /// A `}` without its `{`.
    StrayBrace,
    /// `{}` or `{*}`.
    UnnamedCapture,
    /// The name of a capture is not a Rust identifier.
    InvalidName,
    /// The name of a capture is a keyword of Rust.
    Keyword,
    /// Two captures of one name.
    DuplicateCapture,
    /// Something follows `{*rest}`.
    RestNotLast,
    /// `{*rest}` beside other text in its segment.
    RestNotWholeSegment,
    /// `{name}` beside literal text in its segment.
    CaptureNotWholeSegment,
    /// Two captures in one segment.
    TwoCapturesInSegment,
    /// `//`.
    EmptySegment,
    /// `?` or `#`, which end a path.
    QueryOrFragment,
    /// `:id`, `<id>` or `*rest`, as other frameworks write captures.
    ForeignCapture,
    /// A space, a control character or a backslash.
    ForbiddenCharacter,
    /// A `%` that is not the start of an escape, or escapes that are not UTF-8.
    BadEscape,
    /// `.` or `..` as a segment.
    DotSegment,
    /// A capture with a pattern of its own, `{id:\d+}`.
    CapturePattern,
    /// More than twelve captures.
    TooManyCaptures,
    /// No `{*rest}`, in a pattern that serves what is below a folder.
    NoRest,
}

impl PatternErrorKind {
    /// The name by which `tests/corpus/patterns.txt` and the derive crate know this kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoLeadingSlash => "no_leading_slash",
            Self::UnclosedBrace => "unclosed_brace",
            Self::StrayBrace => "stray_brace",
            Self::UnnamedCapture => "unnamed_capture",
            Self::InvalidName => "invalid_name",
            Self::Keyword => "keyword",
            Self::DuplicateCapture => "duplicate_capture",
            Self::RestNotLast => "rest_not_last",
            Self::RestNotWholeSegment => "rest_not_whole_segment",
            Self::CaptureNotWholeSegment => "capture_not_whole_segment",
            Self::TwoCapturesInSegment => "two_captures_in_segment",
            Self::EmptySegment => "empty_segment",
            Self::QueryOrFragment => "query_or_fragment",
            Self::ForeignCapture => "foreign_capture",
            Self::ForbiddenCharacter => "forbidden_character",
            Self::BadEscape => "bad_escape",
            Self::DotSegment => "dot_segment",
            Self::CapturePattern => "capture_pattern",
            Self::TooManyCaptures => "too_many_captures",
            Self::NoRest => "no_rest",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Pattern;

    fn drawn(text: &str) -> String {
        Pattern::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_caret_stands_under_the_mistake() {
        assert_eq!(
            drawn("/users/{user-id}"),
            "`user-id` is not a valid argument name\n    \"/users/{user-id}\"\n             ^^^^^^^\n= help: try `{user_id}`"
        );
        assert_eq!(
            drawn("/a/{id"),
            "`{` is never closed\n    \"/a/{id\"\n        ^\n= help: write `{id}`, or `{{` for a literal brace"
        );
    }

    #[test]
    fn both_captures_of_one_name_are_marked() {
        assert_eq!(
            drawn("/{id}/x/{id}"),
            "path parameter `{id}` appears twice\n    \"/{id}/x/{id}\"\n      ^^^^   ^^^^\n= help: rename one of them"
        );
    }

    #[test]
    fn what_is_missing_is_marked_where_it_belongs() {
        assert_eq!(
            drawn(""),
            "a path cannot be empty\n    \"\"\n     ^\n= help: use `\"/\"` for the root, or for the prefix itself within `#[routes]`"
        );
        assert_eq!(
            drawn("users"),
            "a path must start with `/`\n    \"users\"\n     ^\n= help: write `\"/users\"`"
        );
    }

    #[test]
    fn characters_that_cannot_be_seen_are_escaped() {
        assert_eq!(
            drawn("/\u{e9}/\n"),
            "a path cannot contain `\\n`\n    \"/\u{e9}/\\n\"\n        ^^\n= help: leave it out; if clients do send it, write `%0A`"
        );
    }

    #[test]
    fn the_span_is_in_bytes() {
        let error = Pattern::parse("/\u{e9}/{a b}").unwrap_err();
        assert_eq!(&error.pattern()[error.span()], "a b");
    }
}
