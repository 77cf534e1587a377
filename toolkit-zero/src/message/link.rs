//! What a request asks its connection.

use std::net::SocketAddr;
#[cfg(any(feature = "tls", feature = "ws"))]
use std::sync::Arc;

#[cfg(feature = "tls")]
use rustls::pki_types::CertificateDer;
use tokio_util::sync::CancellationToken;

use super::Peer;

/// The connection that a request came over.
pub(crate) trait Link: Send + Sync {
    /// Who is at the other end.
    fn peer(&self) -> Peer;

    /// The address the client connected to; `None` for a Unix socket.
    fn local(&self) -> Option<SocketAddr>;

    /// Whether TLS keeps it from being read on the way.
    fn is_secure(&self) -> bool {
        false
    }

    /// What the client has shown: its certificate first, then those that vouch for it.
    #[cfg(feature = "tls")]
    fn certificates(&self) -> Option<Arc<[CertificateDer<'static>]>> {
        None
    }

    /// Cancelled when the server is told to stop or to move.
    fn drain_signal(&self) -> &CancellationToken;

    /// Cancelled when a drain waits no longer; `None` where there is no drain.
    #[cfg(feature = "ws")]
    fn cut_signal(&self) -> Option<&CancellationToken> {
        None
    }

    /// A client that closes its side of the connection still gets the answer to this request.
    fn answer_all_the_same(&self) {}

    /// Makes the drain wait for work that the client may leave behind; `None` where there is no drain.
    fn hold(&self) -> Option<Box<dyn Hold>> {
        None
    }

    /// Counts a stream that goes on after its answer, until it is dropped; `None` where the connection itself goes on.
    #[cfg(feature = "ws")]
    fn tunnel(self: Arc<Self>) -> Option<Box<dyn Send>> {
        None
    }
}

/// Work that a drain waits for, whatever becomes of its connection.
pub(crate) trait Hold: Send {
    /// Cancelled when the drain waits no longer.
    fn cut(&self) -> &CancellationToken;

    /// Counts it as cut.
    fn count(&self);
}
