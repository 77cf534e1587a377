//! A server in process, and the client that asks it.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http::Method;
use tokio_util::sync::CancellationToken;

use super::TestRequest;
use crate::message::{Body, Link, Peer, Response};
use crate::routing::Routes;
use crate::server::{BootError, InProcess, Server};

/// Asks a server in process, through the real request path, without a socket. Cheap to clone.
///
/// Call it inside a tokio runtime, as `#[tokio::test]` gives one.
#[derive(Clone)]
pub struct TestClient {
    server: Arc<InProcess>,
    draining: CancellationToken,
}

impl TestClient {
    /// Boots the server, with all its checks.
    ///
    /// # Panics
    /// The server cannot start; the message is that of [`BootError`].
    #[track_caller]
    #[expect(clippy::panic, reason = "the panicking twin of `try_new`")]
    pub fn new(server: Server) -> Self {
        match Self::try_new(server) {
            Ok(client) => client,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`new`](Self::new), with the failure as a value.
    ///
    /// # Errors
    /// The routes have faults: all of them, at once.
    pub fn try_new(server: Server) -> Result<Self, BootError> {
        Ok(Self {
            server: Arc::new(InProcess::boot(server)?),
            draining: CancellationToken::new(),
        })
    }

    /// The live table of the server.
    pub fn routes(&self) -> Routes {
        self.server.routes().clone()
    }

    /// Tells handlers that ask [`Shutdown`](crate::extract::Shutdown) that the server drains.
    /// WebSockets are told to close.
    pub fn drain(&self) {
        self.draining.cancel();
        self.server.drain();
    }

    /// Stops the server: handlers that ask [`Shutdown`](crate::extract::Shutdown) are told, tracked tasks are waited for, and
    /// the hooks of [`Server::on_stop`] run. Those of [`Server::on_start`] have run before the first request.
    pub async fn stop(&self) {
        self.draining.cancel();
        self.server.stop().await;
    }

    /// A request of any method. The target is a path, with a query if need be.
    ///
    /// # Panics
    /// The target is no path of a URI.
    #[track_caller]
    pub fn request(&self, method: Method, target: &str) -> TestRequest {
        TestRequest::new(self.clone(), method, target)
    }

    #[cfg(feature = "ws")]
    pub(super) async fn connect(&self, peer: SocketAddr) -> tokio::io::DuplexStream {
        self.server.connect(peer).await
    }

    pub(super) async fn answer(&self, request: http::Request<Body>, peer: SocketAddr) -> Response {
        let link = Arc::new(Wire {
            peer,
            draining: self.draining.clone(),
        });
        self.server.answer(link, request).await
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),+ $(,)?) => {
        impl TestClient { $(
            #[doc = concat!("A `", stringify!($method), "` request.")]
            ///
            /// # Panics
            /// The target is no path of a URI.
            #[track_caller]
            pub fn $name(&self, target: &str) -> TestRequest {
                self.request(Method::$method, target)
            }
        )+ }
    };
}

methods! { get GET, post POST, put PUT, delete DELETE, patch PATCH, head HEAD, options OPTIONS }

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestClient({:?})", self.server.routes())
    }
}

/// The connection that there is not.
struct Wire {
    peer: SocketAddr,
    draining: CancellationToken,
}

impl Link for Wire {
    fn peer(&self) -> Peer {
        Peer::Tcp(self.peer)
    }

    fn local(&self) -> Option<SocketAddr> {
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 80)))
    }

    fn drain_signal(&self) -> &CancellationToken {
        &self.draining
    }

    /// There is no client that could leave.
    fn answer_all_the_same(&self) {}
}
