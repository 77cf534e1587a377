//! The rules of matching once more, as plainly as they can be written.

use percent_encoding::percent_decode_str;
use toolkit_zero::routing::{Pattern, Segment};

/// One raw segment, decoded; `None` if it cannot be.
pub(super) fn decoded(raw: &str) -> Option<String> {
    let mut rest = raw;
    while let Some(at) = rest.find('%') {
        let digits = rest.as_bytes().get(at + 1..at + 3)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        rest = &rest[at + 3..];
    }
    let text = percent_decode_str(raw).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// How well a pattern matches: a number a segment, lower is better, and the raw text of each capture.
pub(super) type Match = (Vec<u8>, Vec<String>);

/// Whether `pattern` matches the raw `path`.
pub(super) fn matches(pattern: &Pattern, path: &str) -> Option<Match> {
    let mut raw = path.strip_prefix('/')?.split('/').peekable();
    let (mut ranks, mut captures) = (Vec::new(), Vec::new());
    for segment in pattern.segments() {
        match segment {
            Segment::Literal(text) => {
                if decoded(raw.next()?)? != *text {
                    return None;
                }
                ranks.push(0);
            }
            Segment::Capture(_) => {
                let one = raw.next().filter(|one| !one.is_empty())?;
                ranks.push(1);
                captures.push(one.to_owned());
            }
            Segment::Rest(_) => {
                raw.peek()?;
                let rest = raw.by_ref().collect::<Vec<_>>().join("/");
                if rest.is_empty() {
                    return None;
                }
                ranks.push(2);
                captures.push(rest);
            }
        }
    }
    raw.next().is_none().then_some((ranks, captures))
}
