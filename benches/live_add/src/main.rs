//! How long it takes to add routes to a server that serves, one and 10,000 at once, through the public API.
//!
//! `cargo run --release -p live_add`, in `benches/`; with `--short` of one family, at ten routes and at 100,000.

use std::hint::black_box;
use std::time::Instant;

use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

/// How often each figure is measured; the best counts.
const ROUNDS: usize = 5;
/// How many routes one measurement adds, one after the other.
const ADDED: usize = 1_000;
/// How many it adds in one batch.
const BATCH: usize = 10_000;

/// A family of routes.
struct Case {
    name: &'static str,
    pattern: fn(usize) -> String,
}

const CASES: [Case; 3] = [
    Case {
        name: "flat",
        pattern: |n| format!("/route{n}"),
    },
    Case {
        name: "nested",
        pattern: |n| format!("/api/v1/g{}/item{}/x", n / 34, n % 34),
    },
    Case {
        name: "capture",
        pattern: |n| format!("/t{n}/users/{{id}}/posts/{{n}}"),
    },
];

fn main() {
    let short = std::env::args().any(|word| word == "--short");
    let cases = if short { &CASES[2..] } else { &CASES[..] };
    let sizes: &[usize] = if short {
        &[10, 100_000]
    } else {
        &[10, 1_000, 100_000]
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    println!("| case | routes | write, us | add, us | remove, us | update of 10,000, ms |");
    println!("|---|---|---|---|---|---|");
    for case in cases {
        for &routes in sizes {
            runtime.block_on(async { measure(case, routes) });
        }
    }
}

/// Adds and removes again, so that every round finds the same table.
fn measure(case: &Case, routes: usize) {
    let server = Server::of((0..routes).map(|n| route(case, n)));
    let live = server.serve_managed(([127, 0, 0, 1], 0)).routes();
    let numbers = || (0..ADDED).map(|n| routes + n * 7_919 % 50_000);
    let (mut write, mut add, mut remove, mut update) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let added: Vec<_> = numbers().map(|n| route(case, n)).collect();
        write = write.min(each(started));
        let patterns: Vec<_> = numbers().map(case.pattern).collect();

        let started = Instant::now();
        for route in added {
            live.add(route).expect("a new route");
        }
        add = add.min(each(started));

        let started = Instant::now();
        for pattern in &patterns {
            let removed = live.remove(&Method::GET, pattern);
            black_box(removed.expect("a known route"));
        }
        remove = remove.min(each(started));

        let many: Vec<_> = batch(routes).map(|n| route(case, n)).collect();
        let started = Instant::now();
        let done = live.update(|table| many.into_iter().try_for_each(|route| table.add(route)));
        update = update.min(started.elapsed().as_secs_f64() * 1e3);
        done.expect("new routes");
        let removed = live.update(|table| {
            for n in batch(routes) {
                table.remove(&Method::GET, &(case.pattern)(n));
            }
            Ok(())
        });
        removed.expect("known routes");
    }
    println!(
        "| {} | {routes} | {write:.1} | {add:.1} | {remove:.1} | {update:.1} |",
        case.name
    );
}

/// The numbers of a batch.
fn batch(routes: usize) -> std::ops::Range<usize> {
    routes..routes + BATCH
}

fn route(case: &Case, n: usize) -> SocketType {
    ServerMechanism::get((case.pattern)(n)).onconnect(|| async { "here" })
}

/// Microseconds of one of the [`ADDED`].
fn each(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / ADDED as f64
}
