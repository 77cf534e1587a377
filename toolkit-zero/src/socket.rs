//! The given names: `toolkit_zero::socket::server::{Server, ServerMechanism, SocketType, BackgroundServer, reply}`.

/// What the original crate called the server half of its sockets.
///
/// ```
/// use serde::Serialize;
/// use toolkit_zero::socket::server::{Server, ServerMechanism, reply};
///
/// #[derive(Serialize)]
/// struct Pong { ok: bool }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut server = Server::default();
/// server.mechanism(ServerMechanism::get("/ping").onconnect(|| async { reply!(json => Pong { ok: true }) }));
/// let bg = server.serve_managed(([127, 0, 0, 1], 0));
/// assert_ne!(bg.addr().port(), 0);
/// bg.stop().await;
/// # }
/// ```
pub mod server {
    pub use crate::declare::ServerMechanism;
    pub use crate::reply;
    pub use crate::reply::Status;
    pub use crate::routing::SocketType;
    pub use crate::server::{BackgroundServer, Server};
}
