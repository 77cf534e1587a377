use std::collections::HashSet;
use std::fmt::Write as _;

use super::*;

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap()
}

/// A pattern, or its refusal, as the corpus writes it.
fn outcome(text: &str) -> String {
    match Pattern::parse(text) {
        Ok(pattern) => pattern
            .segments()
            .iter()
            .map(noted)
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => format!("! {}", error.kind().name()),
    }
}

fn noted(segment: &Segment) -> String {
    match segment {
        Segment::Capture(name) => format!("cap:{name}"),
        Segment::Rest(name) => format!("rest:{name}"),
        Segment::Literal(text) => text.bytes().fold(String::from("lit:"), |mut noted, byte| {
            match byte {
                b'%' | b'/' => write!(noted, "%{byte:02X}").unwrap(),
                b'!'..=b'~' => noted.push(char::from(byte)),
                _ => write!(noted, "%{byte:02X}").unwrap(),
            }
            noted
        }),
    }
}

#[test]
fn the_corpus_holds() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus/patterns.txt");
    let corpus = std::fs::read_to_string(corpus).unwrap();
    let mut cases = 0;
    let mut kinds = HashSet::new();
    for (number, line) in corpus
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
    {
        let (text, expected) = line
            .split_once(" => ")
            .unwrap_or_else(|| panic!("line {}: no ` => `", number + 1));
        let text = text.replace("\\t", "\t").replace("\\0", "\0");
        assert_eq!(outcome(&text), expected, "line {}: `{text}`", number + 1);
        if let Err(error) = Pattern::parse(&text) {
            assert_eq!(error.pattern(), text);
            assert!(
                text.get(error.span()).is_some(),
                "line {}: {:?}",
                number + 1,
                error.span()
            );
            assert!(
                error.message().len() <= 90 && !error.help().is_empty(),
                "{error}"
            );
            kinds.insert(error.kind());
        }
        cases += 1;
    }
    assert!(cases >= 80, "{cases}");
    assert_eq!(kinds.len(), 20, "every kind of refusal is in the corpus");
}

#[test]
fn patterns_that_differ_in_names_only_are_equal() {
    assert_eq!(pattern("/{id}/{*rest}"), pattern("/{x}/{*y}"));
    assert_eq!(pattern("/a%20b"), pattern("/%61%20b"));
    assert_eq!(
        HashSet::from([pattern("/{id}"), pattern("/{x}"), pattern("/{*x}")]).len(),
        2
    );
}

#[test]
fn patterns_that_match_other_paths_differ() {
    let texts = [
        "/", "/a", "/a/", "/{a}", "/{*a}", "/{a}/", "/a/b", "/a%2Fb", "/{{a}}", "/A",
    ];
    let distinct: HashSet<_> = texts.into_iter().map(pattern).collect();
    assert_eq!(distinct.len(), texts.len());
}

#[test]
fn literals_sort_before_captures_and_those_before_rests() {
    let mut patterns = ["/{*a}", "/a/{b}", "/{a}", "/b", "/a", "/\u{10FFFF}", "/"].map(pattern);
    patterns.sort();
    let sorted = patterns.each_ref().map(Pattern::as_str);
    assert_eq!(
        sorted,
        ["/", "/a", "/a/{b}", "/b", "/\u{10FFFF}", "/{a}", "/{*a}"]
    );
}

#[test]
fn captures_are_named_in_order() {
    let pattern = pattern("/a/{id}/{_unused}/{*path}");
    let captures: Vec<_> = pattern
        .captures()
        .map(|capture| (capture.name(), capture.is_rest()))
        .collect();
    assert_eq!(
        captures,
        [("id", false), ("_unused", false), ("path", true)]
    );
}

#[test]
fn a_prefix_stands_before_the_pattern() {
    let joined = |prefix: &str, text: &str| pattern(text).prefixed(prefix).unwrap().to_string();
    assert_eq!(joined("/api", "/users/{id}"), "/api/users/{id}");
    assert_eq!(joined("/api/", "/users"), "/api/users");
    assert_eq!(joined("/{tenant}", "/users/"), "/{tenant}/users/");
    for neutral in ["", "/"] {
        assert_eq!(joined(neutral, "/users"), "/users");
        assert_eq!(joined(neutral, "/"), "/");
    }
}

#[test]
fn the_root_below_a_prefix_is_the_prefix() {
    let joined = |prefix: &str| pattern("/").prefixed(prefix).unwrap().to_string();
    assert_eq!(joined("/api"), "/api");
    assert_eq!(joined("/api/"), "/api/");
}

#[test]
fn a_faulty_prefix_is_refused() {
    let kind = |prefix: &str, text: &str| pattern(text).prefixed(prefix).unwrap_err().kind();
    assert_eq!(kind("api", "/a"), PatternErrorKind::NoLeadingSlash);
    assert_eq!(kind("/{*rest}", "/a"), PatternErrorKind::RestNotLast);
    assert_eq!(kind("/{id}", "/{id}"), PatternErrorKind::DuplicateCapture);
    assert_eq!(kind("//", "/a"), PatternErrorKind::EmptySegment);
}

#[test]
fn an_error_keeps_its_text_and_can_be_compared() {
    let error = Pattern::parse("/a//b").unwrap_err();
    assert_eq!(error, "/a//b".parse::<Pattern>().unwrap_err());
    assert_eq!((error.pattern(), error.span()), ("/a//b", 2..4));
    assert_eq!(error.help(), "write `\"/a/b\"`");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "/?[a{}*/%2F?#:<> \\\\.\u{e9}_]{0,14}") {
        if let Err(error) = Pattern::parse(&text) {
            proptest::prop_assert!(text.get(error.span()).is_some());
            proptest::prop_assert!(error.to_string().lines().count() >= 4);
        }
    }
}
