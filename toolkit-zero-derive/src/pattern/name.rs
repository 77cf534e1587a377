//! Names of captures: what an argument of a function can be called.

use crate::pattern::fault::Kind;

/// Whether the text is an identifier and no keyword.
pub(super) fn check(name: &str) -> Result<(), Kind> {
    if KEYWORDS.contains(&name) {
        Err(Kind::Keyword)
    } else if name.is_empty() || name_len(name) < name.len() || name == "_" {
        Err(Kind::InvalidName)
    } else {
        Ok(())
    }
}

/// A name close to this text.
pub(super) fn near(text: &str) -> String {
    let text = text.trim_matches(|char| !is_name_char(char) || char == '_');
    let mut near: String = text
        .chars()
        .map(|char| if is_name_char(char) { char } else { '_' })
        .collect();
    if near.is_empty() {
        near.push_str("id");
    }
    if !near.starts_with(is_name_start) {
        near.insert(0, '_');
    }
    if KEYWORDS.contains(&&*near) {
        near.push('_');
    }
    near
}

/// How many bytes at the start of the text form an identifier.
pub(super) fn name_len(text: &str) -> usize {
    if text.starts_with(is_name_start) {
        text.find(|char| !is_name_char(char)).unwrap_or(text.len())
    } else {
        0
    }
}

pub(super) fn is_name_start(char: char) -> bool {
    char == '_' || char.is_alphabetic()
}

fn is_name_char(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

/// Strict and reserved, edition 2024 (the Rust reference, "Keywords").
const KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_suggested_is_a_name() {
        for (text, name) in [
            ("user-id", "user_id"),
            ("1", "_1"),
            (" a b ", "a_b"),
            ("type", "type_"),
            ("_", "id"),
            ("r#type", "r_type"),
            ("*x*", "x"),
            ("-type", "type_"),
        ] {
            assert_eq!(near(text), name);
            assert_eq!(check(name), Ok(()));
        }
    }

    #[test]
    fn keywords_are_sorted_and_refused() {
        assert!(KEYWORDS.is_sorted());
        assert!(
            KEYWORDS
                .iter()
                .all(|keyword| check(keyword) == Err(Kind::Keyword))
        );
    }
}
