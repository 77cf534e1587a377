//! How long a lookup takes beside matchit, and how long one live change of the table takes.
//!
//! `cargo run --release -p lookup`, in `benches/`. The trie is private to toolkit-zero, and its files need nothing of
//! the crate but each other, so they are compiled here from where they stand.

#[path = "../../../toolkit-zero/src/message"]
#[allow(dead_code, reason = "the bench uses a part of what the crate uses")]
mod message {
    pub(crate) mod path;
}

#[path = "../../../toolkit-zero/src/routing"]
#[allow(
    dead_code,
    unused_imports,
    unfulfilled_lint_expectations,
    reason = "the bench uses a part of what the crate uses"
)]
mod routing {
    pub(crate) mod pattern;
    pub(crate) mod trie;
}

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

use routing::pattern::Pattern;
use routing::trie::{Spans, Trie};

/// How often each figure is measured; the best counts.
const ROUNDS: usize = 9;
/// How many lookups one measurement is made of, at least.
const LOOKUPS: usize = 200_000;

/// A family of routes, with the paths that are asked for.
struct Case {
    name: &'static str,
    pattern: fn(usize) -> String,
    path: fn(usize) -> String,
}

const CASES: [Case; 6] = [
    Case {
        name: "flat",
        pattern: |n| format!("/route{n}"),
        path: |n| format!("/route{n}"),
    },
    Case {
        name: "nested",
        pattern: nested,
        path: nested,
    },
    Case {
        name: "capture",
        pattern: |n| format!("/t{n}/users/{{id}}/posts/{{n}}"),
        path: |n| format!("/t{n}/users/48151623/posts/42"),
    },
    Case {
        name: "uuid",
        pattern: |n| format!("/t{n}/users/{{id}}/posts"),
        path: |n| format!("/t{n}/users/67e55044-10b1-426f-9247-bb680e5fe0c8/posts"),
    },
    Case {
        name: "miss",
        pattern: nested,
        path: |n| format!("{}y", nested(n)),
    },
    Case {
        name: "shadowed",
        pattern: |n| {
            if n % 2 == 0 {
                format!("/g{}/{{id}}/x", n / 2)
            } else {
                format!("/g{}/item/y", n / 2)
            }
        },
        path: |n| format!("/g{}/item/x", n / 2),
    },
];

fn nested(n: usize) -> String {
    format!("/api/v1/g{}/item{}/x", n / 34, n % 34)
}

fn main() {
    println!("| case | routes | trie, ns | matchit, ns | ratio | with key, ns |");
    println!("|---|---|---|---|---|---|");
    let only = std::env::args().nth(1);
    for case in CASES
        .iter()
        .filter(|case| only.as_deref().is_none_or(|only| only == case.name))
    {
        for routes in [10, 1_000, 100_000] {
            lookups(case, routes);
        }
    }
    println!();
    println!("| case | routes | add, us | remove, us | build, ms |");
    println!("|---|---|---|---|---|");
    for case in &CASES[..3] {
        for routes in [10, 1_000, 100_000] {
            changes(case, routes);
        }
    }
}

fn lookups(case: &Case, routes: usize) {
    let (mut trie, mut router) = (Trie::default(), matchit::Router::new());
    for n in shuffled(routes) {
        let text = (case.pattern)(n);
        trie.update(&parsed(&text), |slot| *slot = Some(n));
        router
            .insert(text, n)
            .expect("the patterns of a case do not collide");
    }
    let paths: Vec<String> = shuffled(routes).map(case.path).collect();
    let search = |key: &[u8]| {
        let mut sum = 0;
        trie.search(key, &mut |value: &usize, spans: &Spans| {
            sum = *value + spans.len();
            true
        });
        sum
    };
    let (mut ours, mut theirs, mut keyed) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        ours = ours.min(time(&paths, |path| search(path.as_bytes())));
        theirs = theirs.min(time(&paths, |path| {
            router
                .at(path)
                .map_or(0, |found| *found.value + found.params.len())
        }));
        keyed = keyed.min(time(&paths, |path| {
            search(&message::path::key(path).unwrap_or(Cow::Borrowed(b"")))
        }));
    }
    println!(
        "| {} | {routes} | {ours:.1} | {theirs:.1} | {:.2} | {keyed:.1} |",
        case.name,
        ours / theirs
    );
}

/// One route more and one less while an older clone is alive, as in a live table.
fn changes(case: &Case, routes: usize) {
    let started = Instant::now();
    let mut trie = Trie::default();
    for n in shuffled(routes) {
        trie.update(&parsed(&(case.pattern)(n)), |slot| *slot = Some(n));
    }
    let built = started.elapsed();
    let added: Vec<Pattern> = (0..1_000)
        .map(|n| parsed(&(case.pattern)(routes + n * 7_919 % 50_000)))
        .collect();
    let removed: Vec<Pattern> = shuffled(routes)
        .take(1_000)
        .map(|n| parsed(&(case.pattern)(n)))
        .collect();
    let (mut add, mut remove) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        add = add.min(change(&trie, &added, |slot| *slot = Some(1)));
        remove = remove.min(change(&trie, &removed, |slot| *slot = None));
    }
    let built = built.as_secs_f64() * 1e3;
    println!(
        "| {} | {routes} | {add:.1} | {remove:.1} | {built:.1} |",
        case.name
    );
}

/// Microseconds of one change, each published beside the version before it, which is then given up.
fn change(trie: &Trie<usize>, patterns: &[Pattern], change: fn(&mut Option<usize>)) -> f64 {
    let mut current = trie.clone();
    let started = Instant::now();
    for pattern in patterns {
        let mut next = current.clone();
        next.update(pattern, change);
        current = next;
    }
    started.elapsed().as_secs_f64() * 1e6 / patterns.len() as f64
}

/// Nanoseconds a call, over all the paths.
fn time(paths: &[String], mut lookup: impl FnMut(&str) -> usize) -> f64 {
    let turns = LOOKUPS.div_ceil(paths.len());
    let started = Instant::now();
    for _ in 0..turns {
        for path in paths {
            black_box(lookup(black_box(path)));
        }
    }
    started.elapsed().as_secs_f64() * 1e9 / (turns * paths.len()) as f64
}

fn parsed(text: &str) -> Pattern {
    Pattern::parse(text).expect("the patterns of a case are patterns")
}

/// All numbers below `end`, in a fixed order that is no order.
fn shuffled(end: usize) -> impl Iterator<Item = usize> {
    let mut numbers: Vec<usize> = (0..end).collect();
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    for at in (1..end).rev() {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        numbers.swap(at, (seed % (at as u64 + 1)) as usize);
    }
    numbers.into_iter()
}
