//! The trie beside a scan of all patterns, and beside matchit where the rules agree.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{best, pattern, sketch};
use super::*;
use crate::message::path;

/// How well a pattern matches a raw path: a number a segment, lower is better. `None` if it does not.
///
/// The rules as DESIGN says them, on decoded segments, without a trie in sight.
fn rank(pattern: &Pattern, raw: &str) -> Option<(Vec<u8>, Vec<String>)> {
    use crate::routing::Segment;
    let mut path: Vec<&str> = raw.strip_prefix('/')?.split('/').collect();
    path.reverse();
    let (mut ranks, mut captures) = (Vec::new(), Vec::new());
    for segment in pattern.segments() {
        let next = path.pop()?;
        match segment {
            Segment::Literal(text) => {
                if path::decode_segment(next).unwrap() != **text {
                    return None;
                }
                ranks.push(0);
            }
            Segment::Capture(_) => {
                if next.is_empty() {
                    return None;
                }
                ranks.push(1);
                captures.push(next.to_owned());
            }
            Segment::Rest(_) => {
                path.push(next);
                path.reverse();
                let rest = std::mem::take(&mut path).join("/");
                if rest.is_empty() {
                    return None;
                }
                ranks.push(2);
                captures.push(rest);
            }
        }
    }
    path.is_empty().then_some((ranks, captures))
}

type Matched = (u8, Vec<String>);

/// All matches by scanning a list, best first.
fn scanned(list: &BTreeMap<Pattern, u8>, raw: &str) -> Vec<Matched> {
    let mut found: Vec<_> = list
        .iter()
        .filter_map(|(pattern, methods)| {
            rank(pattern, raw).map(|(ranks, captures)| (ranks, (*methods, captures)))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, matched)| matched).collect()
}

fn searched(trie: &Trie<u8>, raw: &str, wanted: u8) -> Vec<Matched> {
    let mut found = Vec::new();
    let key = path::key(raw).unwrap();
    let matched = |methods: u8, spans: &Spans| {
        let text = |span| raw[path::raw_span(raw, &key, span)].to_owned();
        (methods, spans.iter().map(text).collect())
    };
    let decided = trie.search(&key, &mut |methods: &u8, spans: &Spans| {
        found.push(matched(*methods, spans));
        methods & wanted != 0
    });
    let mut spans = Spans::NONE;
    if let Some(methods) = trie.first(&key, &mut spans) {
        assert_eq!(Some(&matched(*methods, &spans)), found.first());
    }
    assert_eq!(
        decided,
        found
            .last()
            .is_some_and(|(methods, _)| methods & wanted != 0)
    );
    found
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ab]{1,3}",
        1 => Just("a%2Fb".to_owned()),
        1 => Just("%61".to_owned()),
        1 => Just("\u{e9}".to_owned()),
        1 => "[a-z]",
    ]
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    let piece = prop_oneof![3 => segment(), 2 => Just("{}".to_owned())];
    let end = prop_oneof![4 => Just(""), 1 => Just("/"), 1 => Just("/{*rest}")];
    (prop::collection::vec(piece, 0..5), end).prop_map(|(pieces, end)| {
        let mut text = String::new();
        for (nth, piece) in pieces.iter().enumerate() {
            text.push('/');
            text.push_str(&piece.replace("{}", &format!("{{c{nth}}}")));
        }
        text.push_str(if text.is_empty() && end.is_empty() {
            "/"
        } else {
            end
        });
        pattern(&text)
    })
}

fn any_path() -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![5 => segment(), 1 => Just(String::new()), 1 => Just("%C3%A9".to_owned())];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| format!("/{}", pieces.join("/")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_trie_agrees_with_a_scan_of_all_patterns(
        // A bit a method. None takes the pattern away.
        changes in prop::collection::vec((any_pattern(), 0_u8..8), 1..24),
        paths in prop::collection::vec(any_path(), 1..16),
        kept in 0_usize..24,
        wanted in 0_u8..8,
    ) {
        let (mut trie, mut list) = (Trie::default(), BTreeMap::new());
        let mut snapshot = (trie.clone(), list.clone());
        for (nth, (pattern, methods)) in changes.into_iter().enumerate() {
            let value = (methods != 0).then_some(methods);
            let before = trie.update(&pattern, |slot| std::mem::replace(slot, value));
            let listed = match value {
                Some(value) => list.insert(pattern, value),
                None => list.remove(&pattern),
            };
            prop_assert_eq!(before, listed);
            if nth == kept {
                snapshot = (trie.clone(), list.clone());
            }
        }
        let fresh = {
            let mut fresh = Trie::default();
            for (pattern, methods) in list.iter().rev() {
                fresh.update(pattern, |slot| *slot = Some(*methods));
            }
            fresh
        };
        for (trie, list) in [(&trie, &list), (&fresh, &list), (&snapshot.0, &snapshot.1)] {
            prop_assert_eq!(trie.len(), list.len());
            prop_assert_eq!(trie.iter().count(), list.len());
            for (pattern, methods) in list {
                prop_assert_eq!(trie.get(pattern), Some(methods));
            }
            for path in &paths {
                let mut expected = scanned(list, path);
                let decisive = expected.iter().position(|(methods, _)| methods & wanted != 0);
                expected.truncate(decisive.map_or(expected.len(), |at| at + 1));
                prop_assert_eq!(searched(trie, path, wanted), expected, "{}", path);
            }
        }
        prop_assert_eq!(sketch(&trie), sketch(&fresh));
    }

    #[test]
    fn the_trie_agrees_with_matchit(
        patterns in prop::collection::vec(any_pattern(), 1..24),
        paths in prop::collection::vec(any_path(), 1..24),
    ) {
        let (mut trie, mut router) = (Trie::default(), matchit::Router::new());
        for pattern in patterns {
            let text = pattern.to_string();
            // It knows no escapes, and refuses what it cannot tell apart.
            if !text.contains('%') && router.insert(text.clone(), text.clone()).is_ok() {
                trie.update(&pattern, |slot| *slot = Some(text));
            }
        }
        for path in paths.iter().filter(|path| !path.contains('%')) {
            let theirs = router.at(path).ok().map(|found| {
                (found.value.as_str(), found.params.iter().map(|(_, value)| value).collect())
            });
            prop_assert_eq!(best(&trie, path), theirs, "{}", path);
        }
    }
}
