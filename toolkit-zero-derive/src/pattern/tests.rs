use super::*;

/// The corpus that the runtime's parser reads, too.
const CORPUS: &str = include_str!("../../../tests/corpus/patterns.txt");

#[test]
fn the_corpus_is_read_as_the_runtime_reads_it() {
    let mut cases = 0;
    for line in CORPUS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let Some((pattern, expected)) = line.split_once(" => ") else {
            panic!("no case: {line}")
        };
        let pattern = pattern.replace("\\t", "\t").replace("\\0", "\0");
        assert_eq!(outcome(&pattern), expected, "{line}");
        cases += 1;
    }
    assert!(cases > 100, "{cases}");
}

fn outcome(pattern: &str) -> String {
    match Pattern::parse(pattern) {
        Ok(pattern) => pattern.segments().map(shown).collect::<Vec<_>>().join(" "),
        Err(fault) => format!("! {}", snake_case(&format!("{:?}", fault.kind))),
    }
}

fn shown(segment: &Segment) -> String {
    match segment {
        Segment::Literal(text) => format!("lit:{}", encoded(text)),
        Segment::Capture(name) => format!("cap:{name}"),
        Segment::Rest(name) => format!("rest:{name}"),
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'%' && *byte != b'/';
    text.bytes()
        .map(|byte| {
            if plain(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[test]
fn a_capture_knows_its_place() {
    let Ok(pattern) = Pattern::parse("/users/{id}/{*rest}") else {
        panic!("a pattern")
    };
    let places: Vec<_> = pattern
        .captures()
        .map(|capture| &pattern.text[capture.at])
        .collect();
    assert_eq!(places, ["{id}", "{*rest}"]);
}

#[test]
fn a_prefix_and_a_root_are_the_prefix() {
    assert_eq!(Pattern::join("/users", "/"), "/users");
    assert_eq!(Pattern::join("/users", "/{id}"), "/users/{id}");
    assert_eq!(Pattern::join("/users/", "/x"), "/users/x");
    assert_eq!(Pattern::join("", "/"), "/");
}
