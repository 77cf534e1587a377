//! Where two JSON values differ, or two texts.

use serde_json::Value;

/// One line a place that differs, by its JSON pointer (RFC 6901).
pub(super) fn json(expected: &Value, found: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    compare("", expected, found, &mut lines);
    lines
}

fn compare(at: &str, expected: &Value, found: &Value, lines: &mut Vec<String>) {
    let place = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                match found.get(key) {
                    Some(other) => compare(&place(key), value, other, lines),
                    None => lines.push(line(&place(key), Some(value), None)),
                }
            }
            for (key, value) in found {
                if !expected.contains_key(key) {
                    lines.push(line(&place(key), None, Some(value)));
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            for index in 0..expected.len().max(found.len()) {
                let place = place(&index.to_string());
                match (expected.get(index), found.get(index)) {
                    (Some(one), Some(other)) => compare(&place, one, other, lines),
                    (one, other) => lines.push(line(&place, one, other)),
                }
            }
        }
        _ if expected == found => {}
        _ => lines.push(line(at, Some(expected), Some(found))),
    }
}

fn line(at: &str, expected: Option<&Value>, found: Option<&Value>) -> String {
    let at = if at.is_empty() { "the whole body" } else { at };
    match (expected, found) {
        (Some(expected), Some(found)) => format!("  {at}: expected {expected}, found {found}"),
        (Some(expected), None) => format!("  {at}: expected {expected}, and it is missing"),
        (None, Some(found)) => format!("  {at}: not expected, found {found}"),
        (None, None) => String::new(),
    }
}

/// The lines that differ: those that were expected with a `-`, those that were found with a `+`, and how many lines before
/// and after are equal.
pub(super) fn text(expected: &str, found: &str) -> Vec<String> {
    let (expected, found): (Vec<_>, Vec<_>) = (split(expected), split(found));
    let before = equal(expected.iter().zip(&found));
    let (expected, found) = (&expected[before..], &found[before..]);
    let after = equal(expected.iter().rev().zip(found.iter().rev()));
    let mut lines = Vec::new();
    if before > 0 {
        lines.push(format!("  ({before} equal lines before)"));
    }
    let changed = |lines: &[&str], sign: char| -> Vec<String> {
        let left = lines[..lines.len() - after].iter();
        left.map(|line| format!("  {sign} {line:?}")).collect()
    };
    lines.extend(changed(expected, '-'));
    lines.extend(changed(found, '+'));
    if after > 0 {
        lines.push(format!("  ({after} equal lines after)"));
    }
    lines
}

/// Ends of lines are part of them: a text that lacks its last one differs.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn equal<'a>(pairs: impl Iterator<Item = (&'a &'a str, &'a &'a str)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn lines_that_differ_are_shown_between_those_that_do_not() {
        assert_eq!(
            super::text("a\nb\nc\nd", "a\nx\ny\nd"),
            [
                "  (1 equal lines before)",
                r#"  - "b\n""#,
                r#"  - "c\n""#,
                r#"  + "x\n""#,
                r#"  + "y\n""#,
                "  (1 equal lines after)",
            ]
        );
        assert_eq!(
            super::text("a\na", "a"),
            [r#"  - "a\n""#, "  (1 equal lines after)"]
        );
        assert_eq!(super::text("one", "two"), [r#"  - "one""#, r#"  + "two""#]);
    }

    #[test]
    fn every_place_that_differs_is_one_line() {
        let expected = json!({"a": 1, "b": [1, 2], "c/d": {"e": null}, "f": true});
        let found = json!({"b": [1, 3, 4], "c/d": {"e": "x"}, "f": true, "g": 0});
        assert_eq!(
            super::json(&expected, &found),
            [
                "  /a: expected 1, and it is missing",
                "  /b/1: expected 2, found 3",
                "  /b/2: not expected, found 4",
                "  /c~1d/e: expected null, found \"x\"",
                "  /g: not expected, found 0",
            ]
        );
        assert!(super::json(&expected, &expected).is_empty());
    }
}
