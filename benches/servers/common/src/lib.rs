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

/// Runs a server on one thread until standard input ends; a signal ends it too.
///
/// # Panics
/// No runtime, no socket.
pub fn run(serve: impl FnOnce() -> SocketAddr) {
    let runtime = tokio::runtime::Builder::new_current_thread()
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
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    tokio::net::TcpListener::from_std(listener).expect("a runtime")
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
