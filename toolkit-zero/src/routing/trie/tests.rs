use std::fmt::Write as _;

use super::*;
use crate::message::path;

pub(super) fn pattern(text: &str) -> Pattern {
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
pub(super) fn best<'t, 'p>(
    trie: &'t Trie<String>,
    raw: &'p str,
) -> Option<(&'t str, Vec<&'p str>)> {
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
        "/q/{x}/{y}",
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
pub(super) fn sketch<T: fmt::Debug>(trie: &Trie<T>) -> String {
    fn draw<T: fmt::Debug>(out: &mut String, way: &str, node: &Node<T>, depth: usize) {
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
