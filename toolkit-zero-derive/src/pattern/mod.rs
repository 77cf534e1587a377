//! The pattern grammar on the value of a string literal.
//!
//! `/literal`, `{name}` for one whole segment, `{*rest}` for the remainder, `{{` and `}}` for braces. The parser of
//! the runtime decides; this one refuses the same patterns earlier, and better.

mod drawing;
mod segment;

use std::ops::Range;

pub(crate) use drawing::Fault;
pub(crate) use segment::{Capture, Segment};

/// What generated code can bind.
pub(crate) const MOST_CAPTURES: usize = 12;

/// A pattern without mistakes: captures have distinct names and a rest is last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    pub(crate) segments: Vec<Segment>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first mistake of every segment.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        if text.is_empty() {
            return Err(vec![Fault::new(
                0..0,
                "a path cannot be empty",
                "",
                "use `\"/\"` for the root",
            )]);
        }
        if !text.starts_with('/') {
            let slashed = format!("write `\"/{text}\"`");
            return Err(vec![Fault::new(
                0..1,
                "a path must start with `/`",
                "",
                slashed,
            )]);
        }
        let mut faults = Vec::new();
        let mut segments: Vec<Segment> = Vec::new();
        let ranges = segment_ranges(text);
        for (index, range) in ranges.iter().enumerate() {
            let last = index + 1 == ranges.len();
            if range.is_empty() && last {
                segments.push(Segment::Literal(String::new()));
                continue;
            }
            match segment::parse(text, range.clone(), last) {
                Ok(segment) => match repeated(&segments, &segment) {
                    Some(name) => faults.push(Fault::repeated(range.clone(), &name)),
                    None => segments.push(segment),
                },
                Err(fault) => faults.push(fault),
            }
        }
        if segments
            .iter()
            .filter(|segment| segment.capture().is_some())
            .count()
            > MOST_CAPTURES
        {
            let help = "take the remainder as `{*rest}`, or move values to the query";
            faults.push(Fault::new(
                0..text.len(),
                "a path can have at most 12 parameters",
                "",
                help,
            ));
        }
        if faults.is_empty() {
            Ok(Self {
                text: text.to_owned(),
                segments,
            })
        } else {
            Err(faults)
        }
    }

    pub(crate) fn captures(&self) -> impl Iterator<Item = &Capture> {
        self.segments.iter().filter_map(Segment::capture)
    }

    /// The pattern of a module before the pattern of a route in it. `/` alone is the module's own address.
    pub(crate) fn join(prefix: &str, own: &str) -> String {
        match (prefix.trim_end_matches('/'), own) {
            ("", own) => own.to_owned(),
            (prefix, "/") => prefix.to_owned(),
            (prefix, own) => format!("{prefix}{own}"),
        }
    }
}

/// The parts between slashes, braces respected: a slash within `{..}` does not separate.
fn segment_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 1;
    for (at, letter) in text.char_indices().skip(1) {
        if letter == '/' {
            ranges.push(start..at);
            start = at + 1;
        }
    }
    ranges.push(start..text.len());
    ranges
}

fn repeated(segments: &[Segment], next: &Segment) -> Option<String> {
    let name = &next.capture()?.name;
    segments
        .iter()
        .filter_map(Segment::capture)
        .any(|capture| capture.name == *name)
        .then(|| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        match Pattern::parse(text) {
            Ok(pattern) => panic!("{pattern:?}"),
            Err(faults) => faults
                .iter()
                .map(|fault| fault.message.clone())
                .collect::<Vec<_>>()
                .join("; "),
        }
    }

    #[test]
    fn captures_and_literals_are_told_apart() {
        let Ok(pattern) = Pattern::parse("/users/{id}/{{x}}/{*rest}") else {
            panic!("a pattern")
        };
        let names: Vec<&str> = pattern
            .captures()
            .map(|capture| capture.name.as_str())
            .collect();
        assert_eq!(names, ["id", "rest"]);
        assert_eq!(pattern.segments[2], Segment::Literal("{x}".to_owned()));
    }

    #[test]
    fn what_is_well_formed_passes() {
        for text in [
            "/",
            "/a/",
            "/a%20b",
            "/é",
            "/{_ignored}",
            "/{type}",
            "/a/{*rest}",
            "/v1.2/~x",
        ] {
            assert!(Pattern::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn every_mistake_has_its_sentence() {
        for (text, sentence) in [
            ("", "a path cannot be empty"),
            ("users", "a path must start with `/`"),
            ("/a/{id", "`{` is never closed"),
            ("/a}", "`}` without `{`"),
            ("/{}", "a path parameter needs a name"),
            ("/{user-id}", "`user-id` is not a valid argument name"),
            ("/{1}", "`1` is not a valid argument name"),
            ("/{id}/{id}", "path parameter `{id}` appears twice"),
            ("/{*rest}/a", "`{*rest}` must be the last segment"),
            ("/x{*rest}", "`{*rest}` must be a whole segment"),
            ("/{a}-{b}", "one parameter per segment"),
            ("/v{n}", "`{n}` must be a whole segment"),
            ("/{n}.json", "`{n}` must be a whole segment"),
            ("/a//b", "a path cannot have an empty segment"),
            ("/a?x=1", "a path cannot contain `?`"),
            ("/a#x", "a path cannot contain `#`"),
            ("/:id", "path parameters are written `{id}`"),
            ("/<id>", "path parameters are written `{id}`"),
            ("/a b", "a path cannot contain a space"),
            ("/a\\b", "a path cannot contain `\\`"),
            ("/%2", "`%2` is not a valid escape"),
            ("/a/../b", "a path cannot have the segment `..`"),
            (r"/{id:\d+}", "parameters have no pattern"),
        ] {
            assert_eq!(refusal(text), sentence, "{text}");
        }
        let many: String = ('a'..='m').map(|name| format!("/{{{name}}}")).collect();
        assert_eq!(refusal(&many), "a path can have at most 12 parameters");
    }

    #[test]
    fn two_wrong_segments_are_two_mistakes() {
        assert_eq!(
            refusal("/:a/{}"),
            "path parameters are written `{a}`; a path parameter needs a name"
        );
    }

    #[test]
    fn a_prefix_and_a_root_are_the_prefix() {
        assert_eq!(Pattern::join("/users", "/"), "/users");
        assert_eq!(Pattern::join("/users", "/{id}"), "/users/{id}");
        assert_eq!(Pattern::join("", "/"), "/");
    }
}
