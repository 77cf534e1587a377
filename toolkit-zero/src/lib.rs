//! > Annotate a function and it is served. Change the route table while it serves. Move the server without losing a request.
//!
//! toolkit-zero is a declarative HTTP server framework on hyper and tokio.
//!
//! ```no_run
//! use serde::Serialize;
//! use toolkit_zero::prelude::*;
//!
//! #[derive(Serialize)]
//! struct Pong { ok: bool }
//!
//! #[get("/ping")]
//! async fn ping() -> Json<Pong> {
//!     Json(Pong { ok: true })
//! }
//!
//! #[toolkit_zero::main]
//! async fn main() {}
//! ```
//!
//! `cargo run` prints the route table and the address, serves until Ctrl-C or SIGTERM, finishes what it has begun, and
//! exits with 0.
//!
//! # The rooms
//!
//! | room | what it holds |
//! |---|---|
//! | [`server`] | [`Server`](server::Server) before the boot, [`BackgroundServer`](server::BackgroundServer) after it |
//! | [`declare`] | routes written at run time: [`ServerMechanism`](declare::ServerMechanism) |
//! | [`routing`] | the live table: [`Routes`](routing::Routes), [`SocketType`](routing::SocketType) |
//! | [`extract`] | requests into values |
//! | [`reply`](mod@reply) | values into responses |
//! | [`middleware`] | tower layers around a handler |
//! | [`testing`] | a client in process, for tests of programs |
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `log` (default) | `#[toolkit_zero::main]` writes the server's events to stderr unless the program has a subscriber |
//! | `compression` `cors` `timeout` | [`middleware`]: layers of tower-http and tower |
//! | `cookie` | [`extract`]: `Cookies`, with signed and private ones |
//! | `files` | files with ranges and conditional requests: `ServerMechanism::files`, and `Files` in [`extract`] |
//! | `handover` | a new process takes over the listening sockets of the old one: `Server::handover` (Linux) |
//! | `headers` | [`extract`]: `Header<H>` |
//! | `multipart` | [`extract`]: `Multipart` |
//! | `proxy-protocol` | `Server::trust_proxy_protocol` |
//! | `systemd` | sockets that systemd has bound, readiness and watchdog: `Server::systemd` (Linux) |
//! | `tls` | HTTPS by rustls: `Server::tls` |
//! | `valid` | [`extract`]: `Valid<E>`, with `garde` |
//! | `ws` | [`extract`]: `WebSocketUpgrade`, over HTTP/1.1 and HTTP/2; [`testing`]: `TestWebSocket` |
//!
//! [Running a server](guide::deployment): listeners, stops, systemd, upgrades.
//!
//! # Coming from elsewhere
//!
//! The same program in both, and what is called what: [from axum](guide::from_axum), [from Rocket](guide::from_rocket),
//! [from FastAPI](guide::from_fastapi).

// Expansions name this crate from outside; so do the examples in these docs.
#[allow(unused_extern_crates, reason = "expansions name it")]
extern crate self as toolkit_zero;

mod message;

pub mod reply;

pub mod extract;

// rustc names its functions where an argument is refused.
#[doc(hidden)]
pub mod handler;

pub mod routing;

pub mod declare;

pub mod middleware;

mod dispatch;

mod transport;

pub mod server;

pub mod testing;

pub mod guide;
pub mod prelude;
pub mod socket;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[doc(hidden)]
pub mod entry;

/// The vocabulary of HTTP: methods, status codes, header names and values, requests and responses. What the prelude lacks
/// is here: `toolkit_zero::http::header::CONTENT_TYPE`.
pub use http;

pub use toolkit_zero_derive::{
    ApiError, FromPath, FromRequest, catch, collected, delete, fallback, get, head, link, main,
    options, patch, post, put, route, routes, serve_managed, url,
};
