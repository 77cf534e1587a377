//! Several writers and several readers on threads of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tests::Client;
use tokio::task::JoinSet;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{says, serve};

const WRITERS: usize = 4;
const ROUNDS: usize = 60;
const BATCH: usize = 8;

fn batch(writer: usize, round: usize) -> impl Iterator<Item = String> {
    (0..BATCH).map(move |nth| format!("/batch/{writer}/{round}/{nth}"))
}

/// Round after round: a batch in and the one before out in one step, and a route that stays.
fn write(routes: &Routes, writer: usize) {
    for round in 0..ROUNDS {
        routes
            .update(|table| {
                for pattern in batch(writer, round) {
                    table.add(says(&pattern, "batch"))?;
                }
                for pattern in round
                    .checked_sub(1)
                    .into_iter()
                    .flat_map(|last| batch(writer, last))
                {
                    table
                        .remove(&Method::GET, &pattern)
                        .expect("the batch before is whole");
                }
                Ok(())
            })
            .unwrap();
        routes
            .add(says(&format!("/kept/{writer}/{round}"), "kept"))
            .unwrap();
        routes.replace(says("/latest", "latest")).unwrap();
    }
}

/// No snapshot has a part of a batch, and none is older than the one before.
fn look(routes: &Routes, last: &mut u64) {
    let snapshot = routes.snapshot();
    assert!(
        snapshot.generation() >= *last,
        "{} after {last}",
        snapshot.generation()
    );
    *last = snapshot.generation();
    let mut of_writer = [0; WRITERS];
    for route in snapshot.iter() {
        if let Some(path) = route.pattern().strip_prefix("/batch/") {
            of_writer[path.split('/').next().unwrap().parse::<usize>().unwrap()] += 1;
        }
    }
    assert!(
        of_writer.iter().all(|count| *count == 0 || *count == BATCH),
        "torn: {of_writer:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_lose_nothing_and_readers_see_whole_batches_in_order() {
    let told = ServerMechanism::get("/generation")
        .onconnect(|State(routes): State<Routes>| async move { routes.generation().to_string() });
    let bg = serve([told]);
    let routes = bg.routes();
    let done = Arc::new(AtomicBool::new(false));
    let reads = Arc::new(AtomicUsize::new(0));

    let mut readers = JoinSet::new();
    for _ in 0..2 {
        let (routes, done, reads) = (routes.clone(), Arc::clone(&done), Arc::clone(&reads));
        readers.spawn_blocking(move || {
            let mut last = 0;
            while !done.load(Ordering::Acquire) {
                look(&routes, &mut last);
                reads.fetch_add(1, Ordering::Relaxed);
            }
            look(&routes, &mut last);
        });
    }
    for _ in 0..2 {
        let (addr, done, reads) = (bg.addr(), Arc::clone(&done), Arc::clone(&reads));
        readers.spawn(async move {
            let mut client = Client::connect(addr).await;
            let mut last = 0;
            while !done.load(Ordering::Acquire) {
                let generation = client
                    .send("GET", "/generation")
                    .await
                    .text()
                    .parse()
                    .unwrap();
                assert!(generation >= last, "{generation} after {last}");
                last = generation;
                reads.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let routes = routes.clone();
        writers.spawn_blocking(move || write(&routes, writer));
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap();
    }
    done.store(true, Ordering::Release);
    while let Some(read) = readers.join_next().await {
        read.unwrap();
    }

    assert!(reads.load(Ordering::Relaxed) > 0);
    // Each writer published three changes a round, and none was lost.
    assert_eq!(routes.generation(), 1 + (WRITERS * ROUNDS * 3) as u64);
    assert_eq!(*routes.watch().borrow(), routes.generation());
    assert_eq!(routes.snapshot().len(), 2 + WRITERS * (ROUNDS + BATCH));
    let mut client = Client::connect(bg.addr()).await;
    for writer in 0..WRITERS {
        for round in 0..ROUNDS {
            let kept = client.send("GET", &format!("/kept/{writer}/{round}")).await;
            assert_eq!(kept.text(), "kept", "{writer} {round}");
        }
    }
}

/// A route that tells its number.
fn numbered(pattern: &str, number: usize) -> SocketType {
    ServerMechanism::get(pattern).onconnect(move || async move { number.to_string() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_over_sockets_see_the_changes_in_order_and_never_a_gap() {
    let bg = serve([numbered("/a", 0), numbered("/b", 0)]);
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..3 {
        let (addr, done) = (bg.addr(), Arc::clone(&done));
        readers.spawn(async move {
            let mut client = Client::connect(addr).await;
            let mut last = 0;
            while !done.load(Ordering::Acquire) {
                // Both are replaced in one step, so the one that is asked later is never behind.
                for target in ["/a", "/b", "/a"] {
                    let answer = client.send("GET", target).await;
                    assert_eq!(answer.status, 200, "a replaced route is never missing");
                    let number = answer.text().parse().unwrap();
                    assert!(number >= last, "{number} after {last}");
                    last = number;
                }
            }
        });
    }
    let routes = bg.routes();
    for number in 1..=300 {
        routes
            .update(|table| {
                table.replace(numbered("/a", number))?;
                table.replace(numbered("/b", number))
            })
            .unwrap();
        tokio::task::yield_now().await;
    }
    done.store(true, Ordering::Release);
    while let Some(read) = readers.join_next().await {
        read.unwrap();
    }
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/b").await.text(), "300");
}
