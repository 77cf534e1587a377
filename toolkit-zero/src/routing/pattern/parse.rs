//! The grammar of patterns. The derive crate has a parser of its own; `tests/corpus/patterns.txt` keeps both equal.
//!
//! The first mistake from the left is the one that is told. Rules about a whole segment are asked at its end.

use std::ops::Range;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::PatternErrorKind as Kind;
use super::name::{self, is_name_start, name_len};
use super::{MAX_CAPTURES, PatternError, Segment};

/// The segments of a pattern, each with the bytes of the text it was written in.
pub(super) fn segments(text: &str) -> Result<Vec<Segment>, PatternError> {
    let source = Source(text);
    let Some(path) = text.strip_prefix('/') else {
        return Err(source.no_slash());
    };
    let mut segments = Vec::with_capacity(path.split('/').count());
    let mut names: Vec<(String, Range<usize>)> = Vec::new();
    let mut start = 1;
    for part in path.split('/') {
        let span = start..start + part.len();
        start = span.end + 1;
        let last = span.end == text.len();
        if part.is_empty() && !last {
            return Err(source.empty_segment(span.start));
        }
        let segment = source.segment(span.clone())?;
        if let Segment::Capture(name) | Segment::Rest(name) = &segment {
            source.capture_fits(name, &span, &names)?;
            names.push((name.clone(), span.clone()));
        }
        if let Segment::Rest(name) = &segment
            && !last
        {
            let message = format!("`{{*{name}}}` must be the last segment");
            return Err(source.refuse(
                Kind::RestNotLast,
                span,
                message,
                "end the path here, or take one segment with `{..}`",
            ));
        }
        segments.push(segment);
    }
    Ok(segments)
}

/// A character that means nothing else, wherever it stands.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// The text of a pattern, and the refusals that point into it.
struct Source<'a>(&'a str);

impl Source<'_> {
    /// The segment written in these bytes.
    fn segment(&self, span: Range<usize>) -> Result<Segment, PatternError> {
        let part = &self.0[span.clone()];
        if part.bytes().all(is_plain) {
            return Ok(Segment::Literal(part.to_owned()));
        }
        self.not_foreign(part, &span)?;
        let mut literal = Vec::with_capacity(part.len());
        let mut captures: Vec<(Segment, Range<usize>)> = Vec::new();
        let mut at = span.start;
        while let Some(char) = self.0[at..span.end].chars().next() {
            let rest = &self.0[at..span.end];
            let width = match char {
                '{' if rest.starts_with("{{") => {
                    literal.push(b'{');
                    2
                }
                '}' if rest.starts_with("}}") => {
                    literal.push(b'}');
                    2
                }
                '{' => {
                    let (capture, width) = self.capture(at, span.end)?;
                    captures.push((capture, at..at + width));
                    width
                }
                '}' => {
                    return Err(self.refuse(
                        Kind::StrayBrace,
                        at..at + 1,
                        "`}` without `{`",
                        "double it (`}}`) for a literal brace",
                    ));
                }
                '%' => {
                    literal.push(self.escape(at, span.end)?);
                    3
                }
                _ => {
                    self.allowed(char, at)?;
                    literal.extend_from_slice(&rest.as_bytes()[..char.len_utf8()]);
                    char.len_utf8()
                }
            };
            at += width;
        }
        let Some((capture, _)) = captures.first() else {
            return self.literal(literal, span);
        };
        if captures.len() == 1 && literal.is_empty() {
            return Ok(capture.clone());
        }
        Err(self.not_whole(&captures))
    }

    /// A literal segment: text, and no step up or on the spot.
    fn literal(&self, bytes: Vec<u8>, span: Range<usize>) -> Result<Segment, PatternError> {
        let Ok(text) = String::from_utf8(bytes) else {
            let message = format!(
                "`{}` is not UTF-8 once it is decoded",
                &self.0[span.clone()]
            );
            return Err(self.refuse(Kind::BadEscape, span, message, "write the character itself"));
        };
        if text == "." || text == ".." {
            let message = format!("a path cannot have the segment `{text}`");
            return Err(self.refuse(
                Kind::DotSegment,
                span,
                message,
                "write the path it leads to",
            ));
        }
        Ok(Segment::Literal(text))
    }

    /// The capture that begins at this `{`, and how many bytes it is written in.
    fn capture(&self, open: usize, end: usize) -> Result<(Segment, usize), PatternError> {
        let after = &self.0[open + 1..];
        let inner = &self.0[open + 1..end];
        let Some(close) = inner.find('}') else {
            let name = &inner[..name_len(inner)];
            if let Some(pattern_end) = after.find('}')
                && after[name.len()..].starts_with(':')
            {
                return Err(self.capture_pattern(name, open..open + pattern_end + 2));
            }
            let shown = if name.is_empty() { "id" } else { name };
            let help = format!("write `{{{shown}}}`, or `{{{{` for a literal brace");
            return Err(self.refuse(
                Kind::UnclosedBrace,
                open..open + 1,
                "`{` is never closed",
                help,
            ));
        };
        let whole = open..open + close + 2;
        let name = inner[..close].strip_prefix('*').unwrap_or(&inner[..close]);
        let name_span = whole.end - 1 - name.len()..whole.end - 1;
        if name.is_empty() {
            let help = if close == 0 {
                "e.g. `{id}`"
            } else {
                "e.g. `{*rest}`"
            };
            return Err(self.refuse(
                Kind::UnnamedCapture,
                whole,
                "a path parameter needs a name",
                help,
            ));
        }
        if let Some((name, _)) = name.split_once(':') {
            return Err(self.capture_pattern(name, whole));
        }
        self.name(name, name_span)?;
        let make = if name.len() < close {
            Segment::Rest
        } else {
            Segment::Capture
        };
        Ok((make(name.to_owned()), whole.len()))
    }

    /// A name is what an argument of a function can be called.
    fn name(&self, name: &str, span: Range<usize>) -> Result<(), PatternError> {
        let (kind, message) = match name::check(name) {
            Ok(()) => return Ok(()),
            Err(Kind::Keyword) => (Kind::Keyword, format!("`{name}` is a keyword")),
            Err(kind) => (
                kind,
                format!("`{}` is not a valid argument name", name.escape_debug()),
            ),
        };
        let help = format!("try `{{{}}}`", name::near(name));
        Err(self.refuse(kind, span, message, help))
    }

    /// There is room for another capture, and its name is still free.
    fn capture_fits(
        &self,
        name: &str,
        span: &Range<usize>,
        taken: &[(String, Range<usize>)],
    ) -> Result<(), PatternError> {
        if let Some((_, first)) = taken.iter().find(|(other, _)| other == name) {
            let spans = vec![first.clone(), span.clone()];
            let message = format!("path parameter `{{{name}}}` appears twice");
            return Err(PatternError::new(
                Kind::DuplicateCapture,
                self.0,
                spans,
                message,
                "rename one of them",
            ));
        }
        if taken.len() == MAX_CAPTURES {
            let message = format!("a path can have at most {MAX_CAPTURES} parameters");
            return Err(self.refuse(
                Kind::TooManyCaptures,
                span.clone(),
                message,
                "take the remainder with `{*rest}` and split it",
            ));
        }
        Ok(())
    }

    /// The byte that the escape at this `%` stands for.
    fn escape(&self, at: usize, end: usize) -> Result<u8, PatternError> {
        let digit = |at: usize| {
            self.0.as_bytes()[..end]
                .get(at)
                .and_then(|&byte| char::from(byte).to_digit(16))
        };
        if let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2)) {
            return Ok(u8::try_from(high * 16 + low).unwrap_or_default());
        }
        let shown: String = self.0[at..end].chars().take(3).collect();
        let message = format!("`{}` is not a valid escape", shown.escape_debug());
        Err(self.refuse(
            Kind::BadEscape,
            at..at + shown.len(),
            message,
            "write `%25` for a literal `%`",
        ))
    }

    /// A character that a path can hold.
    fn allowed(&self, char: char, at: usize) -> Result<(), PatternError> {
        let mut utf8 = [0; 4];
        let (kind, help) = match char {
            '?' => (
                Kind::QueryOrFragment,
                "take `q: Query<T>` as an argument".to_owned(),
            ),
            '#' => (
                Kind::QueryOrFragment,
                "leave it out; clients do not send what follows a `#`".to_owned(),
            ),
            '\\' => (
                Kind::ForbiddenCharacter,
                "separate segments with `/`".to_owned(),
            ),
            ' ' => (Kind::ForbiddenCharacter, "write `%20`".to_owned()),
            _ if char.is_control() => {
                let escaped = utf8_percent_encode(char.encode_utf8(&mut utf8), NON_ALPHANUMERIC);
                (
                    Kind::ForbiddenCharacter,
                    format!("leave it out; if clients do send it, write `{escaped}`"),
                )
            }
            _ => return Ok(()),
        };
        let shown = if char == '\\' {
            "\\".to_owned()
        } else {
            char.escape_debug().to_string()
        };
        Err(self.refuse(
            kind,
            at..at + char.len_utf8(),
            format!("a path cannot contain `{shown}`"),
            help,
        ))
    }

    /// `:id`, `<id>` and `*rest` are captures elsewhere, and would silently be literals here.
    fn not_foreign(&self, part: &str, span: &Range<usize>) -> Result<(), PatternError> {
        let angled = part
            .strip_prefix('<')
            .and_then(|part| part.strip_suffix('>'));
        let colon = part
            .strip_prefix(':')
            .filter(|name| name.starts_with(is_name_start));
        let (name, written) = match (colon, part.strip_prefix('*'), angled) {
            (Some(name), ..) => (name, ""),
            (_, Some(name), _) => (name, "*"),
            (.., Some(name)) => (
                name.trim_end_matches('.'),
                if name.ends_with("..") { "*" } else { "" },
            ),
            _ => return Ok(()),
        };
        let name = &name[..name_len(name)];
        let name = match (name, written) {
            ("", "*") => "rest",
            ("", _) => "id",
            _ => name,
        };
        let help = format!("replace `{part}` by `{{{written}{name}}}`");
        Err(self.refuse(
            Kind::ForeignCapture,
            span.clone(),
            format!("path parameters are written `{{{written}{name}}}`"),
            help,
        ))
    }

    /// The refusal of a segment that is more than one capture.
    fn not_whole(&self, captures: &[(Segment, Range<usize>)]) -> PatternError {
        let rest = captures
            .iter()
            .find(|(capture, _)| matches!(capture, Segment::Rest(_)));
        if let Some((_, span)) = rest {
            let message = format!("`{}` must be a whole segment", &self.0[span.clone()]);
            return self.refuse(
                Kind::RestNotWholeSegment,
                span.clone(),
                message,
                "put a `/` before it, and nothing after it",
            );
        }
        if let [_, (_, second), ..] = captures {
            let help = "split them with `/`, or take one `String` and parse it";
            return self.refuse(
                Kind::TwoCapturesInSegment,
                second.clone(),
                "one parameter per segment",
                help,
            );
        }
        let span = captures.first().map_or(0..0, |(_, span)| span.clone());
        let message = format!("`{}` must be a whole segment", &self.0[span.clone()]);
        self.refuse(
            Kind::CaptureNotWholeSegment,
            span,
            message,
            "set it between slashes, or take the whole segment as a `String` and parse it",
        )
    }

    fn no_slash(&self) -> PatternError {
        if self.0.is_empty() {
            return self.refuse(
                Kind::Empty,
                0..0,
                "a path cannot be empty",
                "use `\"/\"` for the root, or for the prefix itself within `#[routes]`",
            );
        }
        let help = format!("write `\"/{}\"`", self.0.escape_debug());
        self.refuse(
            Kind::NoLeadingSlash,
            0..0,
            "a path must start with `/`",
            help,
        )
    }

    fn empty_segment(&self, at: usize) -> PatternError {
        let mut help = self.0.to_owned();
        while help.contains("//") {
            help = help.replace("//", "/");
        }
        self.refuse(
            Kind::EmptySegment,
            at - 1..at + 1,
            "a path cannot have an empty segment",
            format!("write `\"{}\"`", help.escape_debug()),
        )
    }

    fn capture_pattern(&self, name: &str, span: Range<usize>) -> PatternError {
        let name = if name_len(name) == 0 {
            "id"
        } else {
            &name[..name_len(name)]
        };
        let help = format!(
            "write `{{{name}}}` and give the argument a type; `{name}: u64` accepts digits only"
        );
        self.refuse(
            Kind::CapturePattern,
            span,
            "parameters have no pattern",
            help,
        )
    }

    fn refuse(
        &self,
        kind: Kind,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> PatternError {
        PatternError::new(kind, self.0, vec![span], message, help)
    }
}
