//! Testing a program of one's own: [`TestClient`] asks a server in process, through the real request path, without a socket.
//!
//! ```
//! use toolkit_zero::prelude::*;
//! use toolkit_zero::testing::TestClient;
//!
//! #[get("/users/{id}")]
//! async fn user(id: u64, State(greeting): State<String>) -> String {
//!     format!("{greeting}, user {id}")
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // Only the routes that the test names, and a state of the test's own.
//! let mut server = Server::of([route!(user)]);
//! server.state("hello".to_owned());
//! let client = TestClient::new(server);
//!
//! let answer = client.get("/users/7").send().await;
//! answer.assert_status(200).assert_text("hello, user 7");
//! client.get("/users/seven").send().await.assert_status(400);
//! # }
//! ```
//!
//! What a socket adds is not there: framing, deadlines, connections. Everything above it is: the boot's checks, layers,
//! the live table, extractors, replies, refusals. A stream of events is read while it is made
//! ([`stream`](TestRequest::stream)), and a WebSocket goes through a connection in memory (`websocket`, feature `ws`).

mod answer;
mod client;
mod diff;
mod request;
mod stream;
#[cfg(feature = "ws")]
mod websocket;

pub use answer::TestAnswer;
pub use client::TestClient;
pub use request::TestRequest;
pub use stream::TestStream;
#[cfg(feature = "ws")]
pub use websocket::TestWebSocket;
