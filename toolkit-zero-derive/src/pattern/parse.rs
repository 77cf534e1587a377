//! The grammar of patterns, as the runtime reads it at boot. `tests/corpus/patterns.txt` keeps both parsers equal.
//!
//! The first mistake from the left is the one that is told. Rules about a whole segment are asked at its end.

use std::ops::Range;

use crate::pattern::Segment;
use crate::pattern::fault::{Fault, Kind};
use crate::pattern::name::name_len;
use crate::pattern::rules::{self, refuse};

/// The segments of a pattern, each with the bytes of the text it was written in.
pub(super) fn segments(text: &str) -> Result<Vec<(Segment, Range<usize>)>, Fault> {
    let source = Source(text);
    let Some(path) = text.strip_prefix('/') else {
        return Err(source.no_slash());
    };
    let mut segments = Vec::new();
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
            rules::capture_fits(name, &span, &names)?;
            names.push((name.clone(), span.clone()));
        }
        if let Segment::Rest(name) = &segment
            && !last
        {
            let message = format!("`{{*{name}}}` must be the last segment");
            return Err(refuse(
                Kind::RestNotLast,
                span.clone(),
                message,
                "end the path here, or take one segment with `{..}`",
            ));
        }
        segments.push((segment, span));
    }
    Ok(segments)
}

/// The text of a pattern, and the refusals that point into it.
struct Source<'a>(&'a str);

impl Source<'_> {
    /// The segment written in these bytes.
    fn segment(&self, span: Range<usize>) -> Result<Segment, Fault> {
        let part = &self.0[span.clone()];
        rules::not_foreign(part, &span)?;
        let mut literal = Vec::new();
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
                    return Err(refuse(
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
                    rules::allowed(char, at)?;
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
    fn literal(&self, bytes: Vec<u8>, span: Range<usize>) -> Result<Segment, Fault> {
        let Ok(text) = String::from_utf8(bytes) else {
            let message = format!(
                "`{}` is not UTF-8 once it is decoded",
                &self.0[span.clone()]
            );
            return Err(refuse(
                Kind::BadEscape,
                span,
                message,
                "write the character itself",
            ));
        };
        if text == "." || text == ".." {
            let message = format!("a path cannot have the segment `{text}`");
            return Err(refuse(
                Kind::DotSegment,
                span,
                message,
                "write the path it leads to",
            ));
        }
        Ok(Segment::Literal(text))
    }

    /// The capture that begins at this `{`, and how many bytes it is written in.
    fn capture(&self, open: usize, end: usize) -> Result<(Segment, usize), Fault> {
        let after = &self.0[open + 1..];
        let inner = &self.0[open + 1..end];
        let Some(close) = inner.find('}') else {
            let name = &inner[..name_len(inner)];
            if let Some(pattern_end) = after.find('}')
                && after[name.len()..].starts_with(':')
            {
                return Err(rules::capture_pattern(name, open..open + pattern_end + 2));
            }
            let shown = if name.is_empty() { "id" } else { name };
            let help = format!("write `{{{shown}}}`, or `{{{{` for a literal brace");
            return Err(refuse(
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
            return Err(refuse(
                Kind::UnnamedCapture,
                whole,
                "a path parameter needs a name",
                help,
            ));
        }
        if let Some((name, _)) = name.split_once(':') {
            return Err(rules::capture_pattern(name, whole));
        }
        rules::name(name, name_span)?;
        let make = if name.len() < close {
            Segment::Rest
        } else {
            Segment::Capture
        };
        Ok((make(name.to_owned()), whole.len()))
    }

    /// The byte that the escape at this `%` stands for.
    fn escape(&self, at: usize, end: usize) -> Result<u8, Fault> {
        let digit = |at: usize| {
            self.0.as_bytes()[..end]
                .get(at)
                .and_then(|&byte| char::from(byte).to_digit(16))
        };
        if let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2)) {
            let byte = u8::try_from(high * 16 + low).unwrap_or_default();
            return Ok(byte);
        }
        let shown: String = self.0[at..end].chars().take(3).collect();
        let message = format!("`{}` is not a valid escape", shown.escape_debug());
        Err(refuse(
            Kind::BadEscape,
            at..at + shown.len(),
            message,
            "write `%25` for a literal `%`",
        ))
    }

    /// The refusal of a segment that is more than one capture.
    fn not_whole(&self, captures: &[(Segment, Range<usize>)]) -> Fault {
        let rest = captures
            .iter()
            .find(|(capture, _)| matches!(capture, Segment::Rest(_)));
        if let Some((_, span)) = rest {
            let message = format!("`{}` must be a whole segment", &self.0[span.clone()]);
            return refuse(
                Kind::RestNotWholeSegment,
                span.clone(),
                message,
                "put a `/` before it, and nothing after it",
            );
        }
        if let [_, (_, second), ..] = captures {
            let help = "split them with `/`, or take one `String` and parse it";
            return refuse(
                Kind::TwoCapturesInSegment,
                second.clone(),
                "one parameter per segment",
                help,
            );
        }
        let span = captures.first().map_or(0..0, |(_, span)| span.clone());
        let message = format!("`{}` must be a whole segment", &self.0[span.clone()]);
        refuse(
            Kind::CaptureNotWholeSegment,
            span,
            message,
            "set it between slashes, or take the whole segment as a `String` and parse it",
        )
    }

    fn no_slash(&self) -> Fault {
        if self.0.is_empty() {
            return refuse(
                Kind::Empty,
                0..0,
                "a path cannot be empty",
                "use `\"/\"` for the root, or for the prefix itself within `#[routes]`",
            );
        }
        let help = match self.0.strip_prefix('*') {
            Some("") => "write `\"/{*path}\"` and take `path: String`".to_owned(),
            _ => format!("write `\"/{}\"`", self.0.escape_debug()),
        };
        refuse(
            Kind::NoLeadingSlash,
            0..0,
            "a path must start with `/`",
            help,
        )
    }

    fn empty_segment(&self, at: usize) -> Fault {
        let mut help = self.0.to_owned();
        while help.contains("//") {
            help = help.replace("//", "/");
        }
        refuse(
            Kind::EmptySegment,
            at - 1..at + 1,
            "a path cannot have an empty segment",
            format!("write `\"{}\"`", help.escape_debug()),
        )
    }
}
