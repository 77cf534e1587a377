//! The address of an annotated function, as `url!` writes it.

use std::fmt::{Display, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What an attribute leaves beside its function for `url!`: constant data.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Url {
    /// How the call is written, or why there is none.
    usage: &'static str,
    parts: Option<&'static [UrlPart]>,
}

/// A part of a pattern, the literals percent-encoded.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "expansions only write it")]
pub enum UrlPart {
    Literal(&'static str),
    Segment(&'static str),
    Rest(&'static str),
}

impl Url {
    /// The address of a function with one route.
    pub const fn new(usage: &'static str, parts: &'static [UrlPart]) -> Self {
        Self {
            usage,
            parts: Some(parts),
        }
    }

    /// A function with several routes: no address, and the reason.
    pub const fn several(why: &'static str) -> Self {
        Self {
            usage: why,
            parts: None,
        }
    }

    /// Whether these are the names of the captures, in any order.
    ///
    /// # Panics
    /// They are not. `url!` asks in a constant, so the program does not compile.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "evaluated by the compiler, which shows the sentence"
    )]
    pub const fn check(&self, names: &[&str]) {
        let Some(parts) = self.parts else {
            panic!("{}", self.usage)
        };
        let (mut captures, mut index) = (0, 0);
        while index < parts.len() {
            if let UrlPart::Segment(name) | UrlPart::Rest(name) = parts[index] {
                captures += 1;
                assert!(contains(names, name), "{}", self.usage);
            }
            index += 1;
        }
        // Names are distinct on both sides: the macro and the parser of patterns see to it.
        assert!(captures == names.len(), "{}", self.usage);
    }

    /// The address with these values, each percent-encoded so that it stays what the pattern says.
    pub fn write(&self, values: &[(&str, &dyn Display)]) -> String {
        let mut url = String::new();
        for part in self.parts.unwrap_or_default() {
            match *part {
                UrlPart::Literal(text) => url.push_str(text),
                UrlPart::Segment(name) => encode(&mut url, values, name, SEGMENT),
                UrlPart::Rest(name) => encode(&mut url, values, name, REST),
            }
        }
        // `//host` would be another origin: an empty or hostile value must not make one.
        if url.starts_with("//") {
            url.replace_range(1..2, "%2F");
        }
        url
    }
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if equal(names[index].as_bytes(), name.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    one.len() == other.len()
}

/// What cannot stand in a segment (RFC 3986 section 3.3); everything but unreserved characters is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// A rest keeps its slashes.
const REST: &AsciiSet = &SEGMENT.remove(b'/');

fn encode(url: &mut String, values: &[(&str, &dyn Display)], name: &str, set: &'static AsciiSet) {
    struct Encoder<'a>(&'a mut String, &'static AsciiSet);

    impl Write for Encoder<'_> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.extend(utf8_percent_encode(text, self.1));
            Ok(())
        }
    }

    if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
        // A `Display` that fails on its own leaves what it wrote, as `to_string` would panic.
        let _ignored = write!(Encoder(url, set), "{value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: Url = Url::new(
        "usage",
        &[
            UrlPart::Literal("/users/"),
            UrlPart::Segment("id"),
            UrlPart::Literal("/files/"),
            UrlPart::Rest("rest"),
        ],
    );

    #[test]
    fn values_are_encoded_as_what_they_are() {
        let url = URL.write(&[("rest", &"a b/c?"), ("id", &"x/y")]);
        assert_eq!(url, "/users/x%2Fy/files/a%20b/c%3F");
    }

    #[test]
    fn the_names_are_checked_in_any_order() {
        URL.check(&["rest", "id"]);
        for wrong in [&["id"][..], &["id", "res"], &["id", "rest", "x"], &[]] {
            assert!(std::panic::catch_unwind(|| URL.check(wrong)).is_err());
        }
    }
}
