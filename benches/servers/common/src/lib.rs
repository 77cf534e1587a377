//! What the servers share: the values they answer with, and how they begin and end.
//!
//! Nothing here knows a framework, so that each server shows what its framework alone costs.

use std::io::{Read, Write};
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The answer to `GET /ping`.
#[derive(Serialize)]
pub struct Pong {
    pub ok: bool,
}

/// The answer to `GET /users/{id}`.
#[derive(Serialize)]
pub struct User {
    pub id: u64,
    pub name: String,
}

impl User {
    #[must_use]
    pub fn find(id: u64) -> Self {
        Self {
            id,
            name: format!("user {id}"),
        }
    }
}

/// What is posted to `/items`.
#[derive(Deserialize)]
pub struct NewItem {
    pub name: String,
    pub price: u64,
    pub tags: Vec<String>,
}

/// The answer to `POST /items`.
#[derive(Serialize)]
pub struct Item {
    pub id: u64,
    pub name: String,
    pub price: u64,
    pub tags: Vec<String>,
}

impl Item {
    #[must_use]
    pub fn create(new: NewItem) -> Self {
        Self {
            id: 1,
            name: new.name,
            price: new.price,
            tags: new.tags,
        }
    }
}

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that serve: one is a current-thread runtime.
    pub workers: usize,
    /// Routes in the table beside the three that are measured, at [`filler`].
    pub routes: usize,
    /// HTTP/2 without TLS, by prior knowledge, where a server has to be told.
    pub http2: bool,
    /// Whether a route is added and removed again every millisecond, where a server can.
    pub churn: bool,
    /// Where layers are, where a server has them.
    pub layers: Layers,
}

/// Where layers are that pass requests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    /// There is none.
    None,
    /// Three, around a route that is not measured.
    Elsewhere,
    /// One, around each route that is measured.
    Around,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            workers: 1,
            routes: 0,
            http2: false,
            churn: false,
            layers: Layers::None,
        }
    }
}

impl Options {
    /// Reads `--workers N`, `--routes N`, `--http2`, `--churn` and `--layers elsewhere|around` from the command line.
    ///
    /// # Panics
    /// There is something else.
    #[must_use]
    pub fn read() -> Self {
        let mut options = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || {
                let number = words.next().and_then(|word| word.parse().ok());
                number.expect("a number after the option")
            };
            match word.as_str() {
                "--workers" => options.workers = number(),
                "--routes" => options.routes = number(),
                "--http2" => options.http2 = true,
                "--churn" => options.churn = true,
                "--layers" => {
                    options.layers = match words.next().as_deref() {
                        Some("elsewhere") => Layers::Elsewhere,
                        Some("around") => Layers::Around,
                        other => panic!("layers are elsewhere or around, and not {other:?}"),
                    }
                }
                other => panic!("there is no option {other}"),
            }
        }
        options
    }

    /// The patterns of the further routes.
    pub fn fillers(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.routes).map(filler)
    }
}

/// The pattern of a further route, as long as the others; all of them answer like `/ping`.
#[must_use]
pub fn filler(number: usize) -> String {
    format!("/route{number:05}")
}

/// Runs a server until standard input ends; a signal ends it too.
///
/// # Panics
/// No runtime, no socket.
pub fn run(options: &Options, serve: impl FnOnce() -> SocketAddr) {
    let mut runtime = match options.workers {
        0 | 1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = runtime
        .worker_threads(options.workers.max(1))
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        announce(serve());
        until_input_ends().await;
    });
}

/// A socket that listens on a free port.
///
/// # Panics
/// There is none.
#[must_use]
pub fn listen() -> tokio::net::TcpListener {
    tokio::net::TcpListener::from_std(listen_std()).expect("a runtime")
}

/// As [`listen`], for a server that wants to register it itself.
///
/// # Panics
/// There is none.
#[must_use]
pub fn listen_std() -> std::net::TcpListener {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    listener
}

/// Prints where the server is.
fn announce(addr: SocketAddr) {
    let mut out = std::io::stdout();
    writeln!(out, "{addr}").expect("a reader");
    out.flush().expect("a reader");
}

/// Returns when standard input ends.
async fn until_input_ends() {
    let (ended, wait) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut bin = [0; 64];
        while matches!(std::io::stdin().read(&mut bin), Ok(1..)) {}
        drop(ended);
    });
    let _never_sent = wait.await;
}
