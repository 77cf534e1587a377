//! Without descriptors, in a process of its own.

use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpSocket;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;
use crate::transport::acceptor::Acceptor;
use crate::transport::generation::Generation;
use crate::transport::listener::Listener;

#[tokio::test]
async fn a_server_without_descriptors_serves_its_connections_and_recovers() {
    alone("out_of_descriptors_accepting_recovers").await;
}

#[tokio::test]
async fn a_listener_without_descriptors_stays_open_until_its_queue_is_empty() {
    alone("out_of_descriptors_a_listener_stays_open_until_its_queue_is_empty").await;
}

/// How many warnings were logged on this thread.
#[derive(Clone, Default)]
struct Warned(Arc<AtomicUsize>);

impl Subscriber for Warned {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        *about.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Runs the test in a process of its own that has few descriptors, and shows what it says.
async fn alone(test: &str) {
    let this = std::env::current_exe().unwrap();
    let child = tokio::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -n 64 && exec \"$0\" --ignored --exact --nocapture \"$1\"",
        ])
        .arg(this)
        .arg(format!("transport::tests::descriptors::{test}"))
        .output();
    let output = within(child).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    let told = String::from_utf8_lossy(&output.stderr);
    for line in told.lines().filter(|line| line.contains(" ms")) {
        eprintln!("{line}");
    }
}

#[tokio::test]
#[ignore = "takes all descriptors of the process; run by the first test above, under `ulimit -n 64`"]
async fn out_of_descriptors_accepting_recovers() {
    let warned = Warned::default();
    let _counting = tracing::subscriber::set_default(warned.clone());
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client.get("/a").await;
    let socket = TcpSocket::new_v4().unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
        assert!(taken.len() < 4096, "run it under `ulimit -n 64`");
    }
    // The kernel completes the handshake; we cannot accept.
    let stream = within(socket.connect(accepting.addr())).await.unwrap();
    let mut late = Client {
        stream,
        read: Vec::new(),
    };
    late.send("GET /late HTTP/1.1\r\nhost: x\r\n\r\n").await;
    // Until the pauses between two tries are the longest: those before are 630 ms.
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(700) {
        assert_eq!(client.get("/b").await.body, "/b");
    }
    drop(taken);
    // That this is less than a second is `BackOff::LONGEST`.
    let begun = tokio::time::Instant::now();
    assert_eq!(late.answer().await.body, "/late");
    let recovery = begun.elapsed().as_millis();
    eprintln!("served again {recovery} ms after there were descriptors");
    // Once a second, while it was tried seven times and more.
    let warned = warned.0.load(Ordering::Relaxed);
    assert!((1..=2).contains(&warned), "{warned} warnings");
    within(accepting.drain()).await;
}

#[tokio::test]
#[ignore = "takes all descriptors of the process; run by the second test above, under `ulimit -n 64`"]
async fn out_of_descriptors_a_listener_stays_open_until_its_queue_is_empty() {
    let generation = Arc::<Generation>::default();
    let listener = Listener::bind(loopback(0).into(), 16, &[]).unwrap();
    let acceptor = Acceptor::new(listener, Arc::clone(&generation), None).unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    let _queued = within(socket.connect(acceptor.endpoint().tcp().unwrap()))
        .await
        .unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
        assert!(taken.len() < 4096, "run it under `ulimit -n 64`");
    }
    let (accepted, closed) = acceptor.close(&generation, false);
    assert!(accepted.is_empty());
    closed.unwrap_err();
    assert!(acceptor.hold().is_open());
    drop(taken);
    let (accepted, closed) = acceptor.close(&generation, false);
    assert_eq!(accepted.len(), 1);
    closed.unwrap();
    assert!(!acceptor.hold().is_open());
}
