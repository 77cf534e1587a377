//! The pattern parser: it never panics, and what it takes reads the same once more.

use std::fmt::Write as _;

use toolkit_zero::routing::{Pattern, Segment};

/// The first line is a pattern, the second a prefix.
///
/// # Panics
/// The parser contradicts itself.
pub fn pattern(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let (text, prefix) = text.split_once('\n').unwrap_or((text, ""));
    let pattern = match Pattern::parse(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert_eq!(pattern.as_str(), text);
    assert!(text.starts_with('/') && !pattern.segments().is_empty());
    let again = Pattern::parse(&written(&pattern)).expect("its own segments make a pattern");
    assert_eq!(again.segments(), pattern.segments(), "{text}");
    assert_eq!(again, pattern);
    let renamed = Pattern::parse(&with_names(&pattern, |nth| format!("n{nth}")));
    assert_eq!(renamed.as_ref(), Ok(&pattern), "names do not matter");
    if let Ok(below) = pattern.prefixed(prefix) {
        let segments = below.segments();
        assert!(
            text == "/" || segments.ends_with(pattern.segments()),
            "{below}"
        );
    }
}

fn written(pattern: &Pattern) -> String {
    let names: Vec<_> = pattern.captures().map(|it| it.name().to_owned()).collect();
    with_names(pattern, |nth| names[nth].clone())
}

/// The pattern as it could have been written, with other names.
fn with_names(pattern: &Pattern, name: impl Fn(usize) -> String) -> String {
    let (mut text, mut nth) = (String::new(), 0);
    for segment in pattern.segments() {
        text.push('/');
        match segment {
            Segment::Literal(literal) => {
                for letter in literal.chars() {
                    match letter {
                        '{' => text.push_str("{{"),
                        '}' => text.push_str("}}"),
                        plain if plain.is_ascii_alphanumeric() => text.push(plain),
                        other => {
                            let mut bytes = [0; 4];
                            for byte in other.encode_utf8(&mut bytes).bytes() {
                                write!(text, "%{byte:02X}").expect("a string takes all");
                            }
                        }
                    }
                }
            }
            Segment::Capture(_) | Segment::Rest(_) => {
                let star = if matches!(segment, Segment::Rest(_)) {
                    "*"
                } else {
                    ""
                };
                write!(text, "{{{star}{}}}", name(nth)).expect("a string takes all");
                nth += 1;
            }
        }
    }
    text
}
