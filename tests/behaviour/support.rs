//! What the subjects share: a server on a free port, one-line routes, the log, a stream that a test feeds.

use std::fmt::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_core::Stream;
use tests::{Answer, Client};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use tracing::field::{Field, Visit};
use tracing::span;

/// A free port of this machine.
pub(crate) const FREE: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A server with these routes, on a free port.
pub(crate) fn serve(routes: impl IntoIterator<Item = SocketType>) -> BackgroundServer {
    Server::of(routes).serve_managed(FREE)
}

/// A server with these routes, and one connection to it.
pub(crate) async fn connected(
    routes: impl IntoIterator<Item = SocketType>,
) -> (BackgroundServer, Client) {
    let bg = serve(routes);
    let client = Client::connect(bg.addr()).await;
    (bg, client)
}

/// `GET` this pattern, and this text is the answer.
#[track_caller]
pub(crate) fn says(pattern: &str, text: &'static str) -> SocketType {
    ServerMechanism::get(pattern).onconnect(move || async move { text })
}

/// This method of this pattern, and this text is the answer.
#[track_caller]
pub(crate) fn says_to(method: Method, pattern: &str, text: &'static str) -> SocketType {
    ServerMechanism::method(method, pattern).onconnect(move || async move { text })
}

/// The answer is a problem document of this status that names the request it is about; returns the document.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16, instance: &str) -> serde_json::Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let document = answer.json();
    assert_eq!(document["status"], status);
    assert_eq!(document["instance"], instance);
    assert!(document["type"].is_string() && document["title"].is_string());
    document
}

/// What was logged at `error`, or at a lower level, on this thread since it was made.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>, tracing::Level);

impl Log {
    /// Listens until the guard is dropped.
    pub(crate) fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        Self::listen_from(tracing::Level::ERROR)
    }

    /// Listens to this level and those above it until the guard is dropped.
    pub(crate) fn listen_from(level: tracing::Level) -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self(Arc::default(), level);
        let guard = tracing::subscriber::set_default(log.clone());
        (log, guard)
    }

    /// What was logged so far.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= self.1
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

/// A stream of what the test sends.
pub(crate) struct Fed<T>(mpsc::UnboundedReceiver<T>);

impl<T> Fed<T> {
    pub(crate) fn new() -> (mpsc::UnboundedSender<T>, Self) {
        let (sender, stream) = mpsc::unbounded_channel();
        (sender, Self(stream))
    }
}

impl<T> Stream for Fed<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_recv(cx)
    }
}

/// Reads until `wanted` has arrived; returns all that did.
pub(crate) async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut read = Vec::new();
    loop {
        let count = stream.read_buf(&mut read).await.unwrap();
        let text = String::from_utf8_lossy(&read);
        if text.contains(wanted) {
            return text.into_owned();
        }
        assert!(count > 0, "the connection ended after {text:?}");
    }
}
