//! Clients of every kind at once, none of which ever tries a second time, and the server that they ask.

mod http1;
mod http2;
mod websocket;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Asks again as soon as it is answered, on one connection.
    Busy,
    /// Connects for each request.
    Fresh,
    /// Lets its connection rest between requests, for less than any linger.
    Thinks,
    /// Asks once, and waits for the server to close.
    Idle,
    /// Sends 64 KiB in pieces.
    Uploads,
    /// Sends a body that the server does not want, in pieces.
    Refused,
    /// Takes an answer of ten chunks.
    Streams,
    /// Has several streams of HTTP/2 open.
    Http2,
    /// Speaks over a WebSocket.
    WebSocket,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Busy,
        Self::Fresh,
        Self::Thinks,
        Self::Idle,
        Self::Uploads,
        Self::Refused,
        Self::Streams,
        Self::Http2,
        Self::WebSocket,
    ];
}

/// The routes that the clients ask.
pub fn routes() -> Vec<SocketType> {
    vec![
        ServerMechanism::get("/ping").onconnect(|| async { reply!(text => "pong") }),
        ServerMechanism::post("/count")
            .onconnect(|body: Bytes| async move { body.len().to_string() }),
        ServerMechanism::post("/unwanted").onconnect(|_: Json<u8>| async { "never" }),
        ServerMechanism::get("/pieces").onconnect(|| async { Body::from_stream(Pieces::new()) }),
        ServerMechanism::get("/echo").onconnect(|upgrade: WebSocketUpgrade| async move {
            upgrade.run(|mut socket: WebSocket| async move {
                while let Ok(Some(message)) = socket.receive().await {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
            })
        }),
    ]
}

/// What `/pieces` answers, a byte every few milliseconds.
const PIECES: &str = "0123456789";

struct Pieces(u8, std::pin::Pin<Box<tokio::time::Sleep>>);

impl Pieces {
    const PAUSE: Duration = Duration::from_millis(4);

    fn new() -> Self {
        Self(b'0', Box::pin(sleep(Self::PAUSE)))
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        if self.0 > b'9' {
            return std::task::Poll::Ready(None);
        }
        std::task::ready!(self.1.as_mut().poll(cx));
        self.1 = Box::pin(sleep(Self::PAUSE));
        self.0 += 1;
        std::task::Poll::Ready(Some(Ok(Bytes::from(vec![self.0 - 1]))))
    }
}

/// What all clients share.
struct Shared {
    address: Box<dyn Fn() -> SocketAddr + Send + Sync>,
    over: AtomicBool,
    ends: watch::Sender<()>,
    counts: [AtomicU64; Kind::ALL.len()],
    refused: AtomicU64,
    lost: Mutex<Vec<String>>,
}

/// Clients at work.
pub struct Mixed {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
}

/// What became of their requests.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Requests, messages and streams that were answered as they should, by kind.
    pub answered: Vec<(Kind, u64)>,
    /// Connects that were refused, at an address that the server had left by the time.
    pub left: u64,
    /// All that went wrong.
    pub lost: Vec<String>,
}

impl Outcome {
    /// How many were answered in all.
    pub fn sum(&self) -> u64 {
        self.answered.iter().map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answered, {} lost, {} connects to an address that was left {:?}",
            self.sum(),
            self.lost.len(),
            self.left,
            self.answered,
        )
    }
}

impl fmt::Debug for Mixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mixed").finish_non_exhaustive()
    }
}

impl Mixed {
    /// So many clients of each kind, which ask `address` where the server is whenever they connect.
    pub fn start(
        counts: impl IntoIterator<Item = (Kind, usize)>,
        address: impl Fn() -> SocketAddr + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            address: Box::new(address),
            over: AtomicBool::new(false),
            ends: watch::Sender::new(()),
            counts: Default::default(),
            refused: AtomicU64::new(0),
            lost: Mutex::default(),
        });
        let mut clients = JoinSet::new();
        for (kind, count) in counts {
            for _ in 0..count {
                let shared = Arc::clone(&shared);
                clients.spawn(async move { shared.ask(kind).await });
            }
        }
        Self { shared, clients }
    }

    /// Waits until each of these kinds was answered once more.
    pub async fn progress(&self, kinds: &[Kind]) {
        let before: Vec<_> = kinds
            .iter()
            .map(|kind| self.shared.answered(*kind))
            .collect();
        for (kind, before) in kinds.iter().zip(before) {
            while self.shared.answered(*kind) == before && self.shared.lost().is_empty() {
                yield_now().await;
            }
        }
    }

    /// Lets all come to their end in order.
    ///
    /// # Panics
    /// One of them has panicked.
    pub async fn end(mut self) -> Outcome {
        self.shared.over.store(true, Ordering::Relaxed);
        self.shared.ends.send_replace(());
        while let Some(ended) = self.clients.join_next().await {
            ended.expect("a client that does not panic");
        }
        let answered = Kind::ALL.map(|kind| (kind, self.shared.answered(kind)));
        Outcome {
            answered: answered.to_vec(),
            left: self.shared.refused.load(Ordering::Relaxed),
            lost: self.shared.lost().clone(),
        }
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Ready when it is.
    async fn over(&self) {
        let mut ends = self.ends.subscribe();
        while !self.is_over() && ends.changed().await.is_ok() {}
    }

    fn answered(&self, kind: Kind) -> u64 {
        self.counts[kind as usize].load(Ordering::Relaxed)
    }

    fn count(&self, kind: Kind) {
        self.counts[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    fn lost(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, kind: Kind) {
        while !self.is_over() {
            let at = (self.address)();
            match TcpStream::connect(at).await {
                Ok(stream) => {
                    if let Err(what) = self.visit(kind, stream).await {
                        self.lost().push(format!("{kind:?}: {what}"));
                    }
                }
                // It has left this address since it was asked for.
                Err(_) if (self.address)() != at => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    yield_now().await;
                }
                Err(error) => {
                    self.lost().push(format!("{kind:?}: connecting: {error}"));
                    yield_now().await;
                }
            }
        }
    }

    /// One connection, until the server says that it ends.
    async fn visit(&self, kind: Kind, stream: TcpStream) -> Result<(), String> {
        stream.set_nodelay(true).map_err(text)?;
        match kind {
            Kind::Http2 => http2::visit(self, stream).await,
            Kind::WebSocket => websocket::visit(self, stream).await,
            Kind::Busy
            | Kind::Fresh
            | Kind::Thinks
            | Kind::Idle
            | Kind::Uploads
            | Kind::Refused
            | Kind::Streams => http1::visit(self, kind, stream).await,
        }
    }
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}
