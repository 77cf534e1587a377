//! A server that runs.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

#[cfg(feature = "tls")]
use super::TlsError;
use super::control::Control;
use super::running::Running;
use super::signals::Signals;
use super::{BootError, DrainReport, Endpoint, Listen, ListenError, RebindError, StartReport};
use crate::routing::{RouteError, Routes, SocketType};

/// A server that runs: extend it, move it, observe it, stop it.
///
/// Dropping the handle leaves the server running until the tokio runtime ends.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut bg = Server::default().serve_managed(([127, 0, 0, 1], 0));
/// bg.mechanism(ServerMechanism::get("/status").onconnect(|| async { "up" })).await;
/// bg.rebind(([127, 0, 0, 1], 0)).await;
/// bg.stop().await;
/// # }
/// ```
#[must_use = "the server runs until the runtime ends; keep the handle to stop or move it, or await `until_stopped`"]
pub struct BackgroundServer {
    running: Arc<Running>,
    routes: Routes,
    report: StartReport,
}

impl BackgroundServer {
    pub(super) fn new(running: Arc<Running>, routes: Routes, report: StartReport) -> Self {
        Self {
            running,
            routes,
            report,
        }
    }

    /// The address bound now, with the real port: that of [`serve_managed`](super::Server::serve_managed), or of the last
    /// [`rebind`](Self::rebind).
    ///
    /// If that is a Unix socket, it is the first of [`addrs`](Self::addrs) that is an address, or `0.0.0.0:0` if none is.
    pub fn addr(&self) -> SocketAddr {
        self.running.addr()
    }

    /// Everything that is listened on now. The first is the one that [`rebind`](Self::rebind) moves, the others are in the
    /// order in which they were added.
    pub fn addrs(&self) -> Vec<Endpoint> {
        self.running.addrs()
    }

    /// Adds a route, which answers the next request. Requests in flight are untouched, and accepting goes on.
    ///
    /// # Panics
    /// The route conflicts with another, its pattern is bad, or a state it needs is missing: nothing has changed. The
    /// message is that of [`RouteError`].
    ///
    /// # Cancel safety
    /// It never waits, so it cannot be dropped half done.
    #[expect(clippy::panic, reason = "the panicking twin of `try_mechanism`")]
    #[expect(clippy::unused_async, reason = "the signature of the contract")]
    pub async fn mechanism(&mut self, route: SocketType) -> &mut Self {
        if let Err(error) = self.routes.add(route) {
            panic!("{error}");
        }
        self
    }

    /// As [`mechanism`](Self::mechanism), with the failure as a value.
    ///
    /// # Errors
    /// The route conflicts with another, its pattern is bad, or a state it needs is missing: nothing has changed.
    #[expect(clippy::unused_async, reason = "the signature of the contract")]
    pub async fn try_mechanism(&mut self, route: SocketType) -> Result<&mut Self, RouteError> {
        self.routes.add(route)?;
        Ok(self)
    }

    /// Serves on `addr` from now on, and finishes what the old address has begun. It is the address of
    /// [`serve_managed`](super::Server::serve_managed) that moves; what was added by [`listen`](Self::listen) stays.
    ///
    /// The new address is bound first, so there is no moment without a listener; equal and overlapping addresses work too.
    /// Returns when the old address has drained (see [`Limits::linger`](super::Limits::linger) and
    /// [`Limits::drain`](super::Limits::drain)).
    ///
    /// # Panics
    /// `addr` cannot be bound: the old address is still served. The message is that of [`RebindError`].
    ///
    /// # Cancel safety
    /// Dropped after its first poll, the new address serves, and the old one drains on its own task.
    #[expect(clippy::panic, reason = "the panicking twin of `try_rebind`")]
    pub async fn rebind(&mut self, addr: impl Into<Listen>) {
        if let Err(error) = self.try_rebind(addr).await {
            panic!("{error}");
        }
    }

    /// As [`rebind`](Self::rebind), with the failure as a value.
    ///
    /// # Errors
    /// `addr` cannot be bound, or the system cannot move between overlapping addresses: the old address is still served,
    /// and [`addr`](Self::addr) still tells it.
    ///
    /// # Cancel safety
    /// As [`rebind`](Self::rebind).
    pub async fn try_rebind(
        &mut self,
        addr: impl Into<Listen>,
    ) -> Result<DrainReport, RebindError> {
        let drain = self.running.rebind(addr.into())?;
        Ok(drain.report().await)
    }

    /// As [`try_rebind`](Self::try_rebind), and speaks HTTPS from now on, or plain HTTP with `None`. The address may be the same one:
    /// what has connected so far is finished as it began. A move by `rebind` keeps what is spoken.
    ///
    /// # Errors
    /// As [`try_rebind`](Self::try_rebind), and [`RebindError::Tls`] if certificates or keys cannot be used; nothing has changed then.
    ///
    /// # Cancel safety
    /// As [`rebind`](Self::rebind).
    #[cfg(feature = "tls")]
    pub async fn try_rebind_tls(
        &mut self,
        addr: impl Into<Listen>,
        tls: impl Into<Option<super::Tls>>,
    ) -> Result<DrainReport, RebindError> {
        let drain = self.running.rebind_tls(addr.into(), tls.into())?;
        Ok(drain.report().await)
    }

    /// Serves `listen` too, from now on, and tells where that is: the port is real if 0 was asked for. What is served
    /// already goes on undisturbed.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut bg = Server::default().serve_managed(([127, 0, 0, 1], 0));
    /// let admin = bg.listen(([127, 0, 0, 1], 0)).await;
    /// assert_eq!(bg.addrs().len(), 2);
    /// bg.unlisten(admin).await;
    /// # bg.stop().await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// It cannot be bound: nothing has changed. The message is that of [`ListenError`].
    ///
    /// # Cancel safety
    /// It never waits, so it cannot be dropped half done.
    #[expect(clippy::panic, reason = "the panicking twin of `try_listen`")]
    #[expect(clippy::unused_async, reason = "the signature of its siblings")]
    pub async fn listen(&mut self, listen: impl Into<Listen>) -> Endpoint {
        match self.running.listen(listen.into()) {
            Ok(endpoint) => endpoint,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`listen`](Self::listen), with the failure as a value.
    ///
    /// # Errors
    /// It cannot be bound, or the server listens there already: nothing has changed.
    #[expect(clippy::unused_async, reason = "the signature of its siblings")]
    pub async fn try_listen(&mut self, listen: impl Into<Listen>) -> Result<Endpoint, ListenError> {
        self.running.listen(listen.into())
    }

    /// Listens on `addr` no more, and finishes what was begun there, as a [`rebind`](Self::rebind) does. Returns when it has
    /// drained. `addr` is one of [`addrs`](Self::addrs); if it is the first, the next one takes its place for
    /// [`rebind`](Self::rebind) and [`addr`](Self::addr).
    ///
    /// # Panics
    /// The server does not listen there, or nowhere else: nothing has changed. The message is that of [`ListenError`].
    ///
    /// # Cancel safety
    /// Dropped after its first poll, the rest drains on its own task.
    #[expect(clippy::panic, reason = "the panicking twin of `try_unlisten`")]
    pub async fn unlisten(&mut self, addr: impl Into<Endpoint>) {
        if let Err(error) = self.try_unlisten(addr).await {
            panic!("{error}");
        }
    }

    /// As [`unlisten`](Self::unlisten), with the failure as a value.
    ///
    /// # Errors
    /// The server does not listen on `addr`, or nowhere else: nothing has changed.
    ///
    /// # Cancel safety
    /// As [`unlisten`](Self::unlisten).
    pub async fn try_unlisten(
        &mut self,
        addr: impl Into<Endpoint>,
    ) -> Result<DrainReport, ListenError> {
        let drain = self.running.unlisten(&addr.into())?;
        Ok(drain.report().await)
    }

    /// Returns when the hooks of [`Server::on_start`](super::Server::on_start) have ended; at once if there are none, or if the
    /// server is told to stop before they have.
    ///
    /// # Errors
    /// [`BootError::Start`] if one failed: the server stops without having served anybody.
    pub async fn started(&self) -> Result<(), BootError> {
        self.running.started().await
    }

    /// Reads the certificates and keys of [`Server::tls`](super::Server::tls) again. Connections that begin from now on get them;
    /// those that are open keep theirs. Without TLS there is nothing to do.
    ///
    /// Files are looked at from time to time without being asked (see [`Tls`](super::Tls)); this is for whoever has just written them.
    /// It reads files, so it may block for a moment.
    ///
    /// # Errors
    /// All that is wrong with them; what was served goes on being served.
    #[cfg(feature = "tls")]
    pub fn reload_tls(&self) -> Result<(), TlsError> {
        self.running.reload_tls()
    }

    /// Serves one connection that came another way than through a listener: a pipe in memory, a tunnel, a descriptor that
    /// another program handed over. `peer` is what [`ClientAddr`](crate::extract::ClientAddr) tells.
    ///
    /// HTTP/1.1 or HTTP/2, with the server's [`Limits`](super::Limits), and with its drains: `stop` and `rebind` finish it like
    /// any other. It counts as one of [`Limits::connections`](super::Limits::connections), and does not wait for a place. There
    /// is no socket to ask, so a client that leaves is noticed when hyper next reads or writes. A server that has been stopped
    /// drops it.
    ///
    /// ```
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use toolkit_zero::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let ping = ServerMechanism::get("/ping").onconnect(|| async { "pong" });
    /// let bg = Server::of([ping]).serve_managed(([127, 0, 0, 1], 0));
    /// let (mut client, server) = tokio::io::duplex(64 * 1024);
    /// bg.serve_connection(server, ([127, 0, 0, 1], 1));
    /// client.write_all(b"GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
    /// let mut answer = String::new();
    /// client.read_to_string(&mut answer).await?;
    /// assert!(answer.ends_with("pong"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn serve_connection(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: impl Into<SocketAddr>,
    ) {
        self.running.serve(Box::new(stream), peer.into());
    }

    /// Finishes what was begun, and stops. When it returns the port can be bound again. A server that
    /// [announces](super::Server::announce) its end goes on accepting before that.
    ///
    /// # Cancel safety
    /// Dropped after its first poll, the server still drains and stops.
    pub async fn stop(self) -> DrainReport {
        self.running.stop();
        self.running.ended().await
    }

    /// Serves until Ctrl-C, SIGTERM, or [`Control::request_stop`]; then finishes what was begun. A second signal cuts what is
    /// left.
    pub async fn until_stopped(self) -> DrainReport {
        let mut signals = Signals::listen();
        self.stop_asked(&mut signals).await;
        self.drained(&mut signals).await
    }

    /// Finishes what was begun, and stops; a signal cuts what is left.
    pub(crate) async fn drained(self, signals: &mut Signals) -> DrainReport {
        self.running.stop();
        tokio::select! {
            report = self.running.ended() => report,
            signal = signals.next() => {
                tracing::warn!(signal, "cutting what is left");
                self.running.cut();
                self.running.ended().await
            }
        }
    }

    /// Begins to stop at a signal, and returns when that or [`Control::request_stop`] has begun.
    pub(crate) fn stop_asked<'a>(
        &self,
        signals: &'a mut Signals,
    ) -> impl Future<Output = ()> + use<'a> {
        let running = Arc::clone(&self.running);
        async move {
            tokio::select! {
                biased;
                () = running.told().cancelled() => {}
                signal = signals.next() => {
                    running.stop();
                    tracing::info!(signal, "stopping; a second signal cuts what is left");
                }
            }
        }
    }

    /// A handle that asks this server to move or stop, for handlers and other tasks.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.running))
    }

    /// A handle on the live route table.
    pub fn routes(&self) -> Routes {
        self.routes.clone()
    }

    /// The table of routes, what was linked but not mounted, and the address, for a person.
    pub(crate) fn start_report(&self) -> String {
        self.report
            .text(&self.running.urls(), &self.routes.snapshot())
    }

    /// What was linked but not mounted, as log events.
    pub(super) fn log_remarks(&self) {
        self.report.log();
    }
}

impl fmt::Debug for BackgroundServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackgroundServer")
            .field("addrs", &self.addrs())
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}
