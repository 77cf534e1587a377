use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::message::path;

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap()
}

fn trie(texts: &[&str]) -> Trie<String> {
    let mut trie = Trie::default();
    for text in texts {
        put(&mut trie, text, (*text).to_owned());
    }
    trie
}

fn put<T: Clone>(trie: &mut Trie<T>, text: &str, value: T) {
    trie.update(&pattern(text), |slot| *slot = Some(value));
}

fn take<T: Clone>(trie: &mut Trie<T>, text: &str) -> Option<T> {
    trie.update(&pattern(text), Option::take)
}

/// The best match of a raw path and its captures, as they stand in the raw path.
fn best<'t, 'p>(trie: &'t Trie<String>, raw: &'p str) -> Option<(&'t str, Vec<&'p str>)> {
    let mut found = None;
    let key = path::key(raw).unwrap();
    trie.search(&key, &mut |text: &String, spans: &Spans| {
        let captures = spans
            .iter()
            .map(|span| &raw[path::raw_span(raw, &key, span)])
            .collect();
        found = Some((&**text, captures));
        true
    });
    found
}

/// Every match of a path, best first.
fn all<'t>(trie: &'t Trie<String>, path: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    let last = trie.search(
        &path::key(path).unwrap(),
        &mut |text: &'t String, _: &Spans| {
            found.push(&**text);
            false
        },
    );
    assert!(!last);
    found
}

#[test]
fn an_empty_trie_matches_nothing() {
    let trie = trie(&[]);
    assert!(trie.is_empty());
    assert_eq!(best(&trie, "/"), None);
    assert_eq!(best(&trie, ""), None);
    assert_eq!(trie.get(&pattern("/")), None);
}

#[test]
fn a_literal_comes_before_a_capture_and_that_before_a_rest() {
    let trie = trie(&["/{*rest}", "/{id}", "/me", "/me/{*rest}", "/{id}/x", "/m"]);
    assert_eq!(all(&trie, "/me"), ["/me", "/{id}", "/{*rest}"]);
    assert_eq!(all(&trie, "/met"), ["/{id}", "/{*rest}"]);
    assert_eq!(all(&trie, "/me/x"), ["/me/{*rest}", "/{id}/x", "/{*rest}"]);
    assert_eq!(all(&trie, "/you/x"), ["/{id}/x", "/{*rest}"]);
}

#[test]
fn a_way_that_ends_nowhere_is_taken_back() {
    let trie = trie(&["/a/b/c/d", "/a/{x}/c/{y}", "/{x}/b/{*r}", "/{x}/{y}/c/e"]);
    assert_eq!(best(&trie, "/a/b/c/d"), Some(("/a/b/c/d", vec![])));
    assert_eq!(
        best(&trie, "/a/b/c/e"),
        Some(("/a/{x}/c/{y}", vec!["b", "e"]))
    );
    assert_eq!(best(&trie, "/a/b/d"), Some(("/{x}/b/{*r}", vec!["a", "d"])));
    assert_eq!(best(&trie, "/a/c/c/e/f"), None);
    assert_eq!(
        best(&trie, "/z/y/c/e"),
        Some(("/{x}/{y}/c/e", vec!["z", "y"]))
    );
}

#[test]
fn a_capture_takes_one_segment_that_is_not_empty() {
    let trie = trie(&["/users/{id}", "/users/{id}/posts/{n}"]);
    assert_eq!(best(&trie, "/users/7"), Some(("/users/{id}", vec!["7"])));
    assert_eq!(
        best(&trie, "/users/7/posts/a.b"),
        Some(("/users/{id}/posts/{n}", vec!["7", "a.b"]))
    );
    for path in [
        "/users",
        "/users/",
        "/users/7/",
        "/users//posts/1",
        "/users/7/posts/",
        "/users/7/posts",
    ] {
        assert_eq!(best(&trie, path), None, "{path}");
    }
}

#[test]
fn a_rest_takes_a_remainder_that_is_not_empty() {
    let trie = trie(&["/files/{*path}"]);
    assert_eq!(
        best(&trie, "/files/a/b/"),
        Some(("/files/{*path}", vec!["a/b/"]))
    );
    assert_eq!(best(&trie, "/files//"), Some(("/files/{*path}", vec!["/"])));
    assert_eq!(best(&trie, "/files/"), None);
    assert_eq!(best(&trie, "/files"), None);
}

#[test]
fn a_trailing_slash_is_another_pattern() {
    let trie = trie(&["/a", "/b/", "/c", "/c/", "/{x}/"]);
    assert_eq!(all(&trie, "/a"), ["/a"]);
    assert_eq!(all(&trie, "/a/"), ["/{x}/"]);
    assert_eq!(all(&trie, "/b"), Vec::<&str>::new());
    assert_eq!(all(&trie, "/c/"), ["/c/", "/{x}/"]);
}

#[test]
fn escapes_are_matched_decoded_and_captured_raw() {
    let trie = trie(&[
        "/a%20b",
        "/a%2Fb",
        "/a/b",
        "/caf\u{e9}/{x}",
        "/files/{*path}",
        "/{x}/y",
    ]);
    assert_eq!(best(&trie, "/%61%20b"), Some(("/a%20b", vec![])));
    assert_eq!(best(&trie, "/a%2fb"), Some(("/a%2Fb", vec![])));
    assert_eq!(best(&trie, "/%61/b"), Some(("/a/b", vec![])));
    assert_eq!(
        best(&trie, "/caf%C3%A9/1%2F2"),
        Some(("/caf\u{e9}/{x}", vec!["1%2F2"]))
    );
    assert_eq!(
        best(&trie, "/files/%61/b%2Fc//"),
        Some(("/files/{*path}", vec!["%61/b%2Fc//"]))
    );
    assert_eq!(best(&trie, "/a%2Fb/y"), Some(("/{x}/y", vec!["a%2Fb"])));
    assert_eq!(best(&trie, "/files%2Fx"), None);
}

#[test]
fn bytes_that_stand_for_captures_match_nothing() {
    let trie = trie(&["/{id}/x", "/{*rest}"]);
    let mut visited = 0;
    for key in [&b"/\xFD/x"[..], b"/\xFE"] {
        trie.search(key, &mut |_: &String, spans: &Spans| {
            visited += 1;
            assert_eq!(spans.len(), 1); // as any other text would
            true
        });
    }
    assert_eq!(visited, 2);
}

#[test]
fn twelve_captures_are_remembered() {
    let text = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{*l}";
    let trie = trie(&[text]);
    let captures = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12/13",
    ];
    assert_eq!(
        best(&trie, "/1/2/3/4/5/6/7/8/9/10/11/12/13"),
        Some((text, captures.to_vec()))
    );
}

#[test]
fn every_byte_can_follow_a_prefix() {
    let mut trie = Trie::default();
    let paths: Vec<String> = (0x20..0x7F_u8)
        .map(|byte| format!("/a%{byte:02X}"))
        .collect();
    for path in paths.iter().filter(|path| *path != "/a%2E") {
        put(&mut trie, path, path.clone());
    }
    for path in paths.iter().filter(|path| *path != "/a%2E") {
        assert_eq!(best(&trie, path), Some((&**path, vec![])));
        assert_eq!(take(&mut trie, path).as_ref(), Some(path));
        assert_eq!(best(&trie, path), None);
    }
    assert!(trie.is_empty());
}

#[test]
fn a_change_leaves_older_clones_alone() {
    let mut trie = trie(&["/a", "/ab", "/{x}"]);
    let old = trie.clone();
    put(&mut trie, "/abc", "/abc".to_owned());
    put(&mut trie, "/a", "changed".to_owned());
    assert!(take(&mut trie, "/{y}").is_some());
    assert_eq!(
        (all(&old, "/a"), all(&old, "/abc"), old.len()),
        (vec!["/a", "/{x}"], vec!["/{x}"], 3)
    );
    assert_eq!(
        (all(&trie, "/a"), all(&trie, "/abc"), trie.len()),
        (vec!["changed"], vec!["/abc"], 3)
    );
}

#[test]
fn what_is_removed_leaves_no_trace() {
    let texts = [
        "/a",
        "/a/",
        "/ab/{x}",
        "/ab/{x}/c",
        "/ab/{*r}",
        "/",
        "/{x}/y",
        "/abc/d",
        "/q%2Fr",
    ];
    for gone in texts {
        let others: Vec<_> = texts.into_iter().filter(|text| *text != gone).collect();
        let mut less = trie(&texts);
        assert_eq!(take(&mut less, gone).as_deref(), Some(gone));
        assert_eq!(take(&mut less, gone), None);
        assert_eq!(sketch(&less), sketch(&trie(&others)), "without {gone}");
    }
}

#[test]
fn a_change_that_panics_changes_nothing() {
    let mut trie = trie(&["/a"]);
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        trie.update(&pattern("/a"), |slot| {
            *slot = None;
            panic!("no");
        })
    }));
    assert!(unwound.is_err());
    assert_eq!((all(&trie, "/a"), trie.len()), (vec!["/a"], 1));
}

#[test]
fn values_come_in_order() {
    let texts = ["/", "/a", "/a/b", "/ab", "/b", "/{x}", "/{x}/y", "/{*r}"];
    let mut shuffled = texts;
    shuffled.reverse();
    assert_eq!(trie(&shuffled).iter().collect::<Vec<_>>(), texts);
}

#[test]
fn a_deep_table_needs_no_stack() {
    // Each pattern ends one segment below the last, beside a capture: a chain of nodes, and a choice at each.
    let deep = 2_000;
    let work = move || {
        let mut trie = Trie::default();
        for depth in 0..deep {
            put(&mut trie, &format!("{}/{{x}}", "/a".repeat(depth)), depth);
        }
        let (mut order, key) = (Vec::new(), "/a".repeat(deep));
        trie.search(key.as_bytes(), &mut |depth: &usize, _: &Spans| {
            order.push(*depth);
            false
        });
        assert_eq!(order, [deep - 1]);
        assert_eq!(trie.iter().count(), deep);
        let old = trie.clone();
        assert_eq!(
            take(&mut trie, &format!("{}/{{x}}", "/a".repeat(deep / 2))),
            Some(deep / 2)
        );
        drop((trie, old));
    };
    std::thread::Builder::new()
        .stack_size(64 << 10)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

/// The nodes of a trie, as text.
fn sketch(trie: &Trie<String>) -> String {
    fn draw(out: &mut String, way: &str, node: &Node<String>, depth: usize) {
        let label = String::from_utf8_lossy(&node.label).into_owned();
        writeln!(out, "{:depth$}{way}:{label} {:?}", "", node.value).unwrap();
        for (byte, child) in node.literals.entries() {
            draw(out, &byte.to_string(), child, depth + 1);
        }
        for (way, child) in [("capture", &node.capture), ("rest", &node.rest)] {
            if let Some(child) = child {
                draw(out, way, child, depth + 1);
            }
        }
    }
    let mut out = format!("{}\n", trie.len);
    draw(&mut out, "root", &trie.root, 0);
    out
}

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
    let decided = trie.search(&key, &mut |methods: &u8, spans: &Spans| {
        let captures = spans
            .iter()
            .map(|span| raw[path::raw_span(raw, &key, span)].to_owned())
            .collect();
        found.push((*methods, captures));
        methods & wanted != 0
    });
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
        prop_assert_eq!(trie.iter().collect::<Vec<_>>(), fresh.iter().collect::<Vec<_>>());
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
