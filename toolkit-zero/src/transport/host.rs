//! What all connections of a server share, whichever address they came to.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::Application;
use super::acceptor::{Accepted, Acceptor};
use super::back_off::{BackOff, Seldom};
use super::channel::Channel;
use super::connection::Connection;
use super::endpoint::Endpoint;
use super::generation::Slot;
use super::limits::LimitValues;
use super::listener::{canonical, concerns_one_connection};
use super::parking::Parking;
use super::protocols::Protocols;
use super::serve::Serving;
use super::stream::{Other, Stream};
use super::sweeper::Sweeper;
use super::tasks;
use super::tls::Secure;
use super::wire::Wire;
use crate::message::Peer;

/// What all connections of a server share, whichever address they came to.
#[derive(Debug)]
pub(super) struct Host<A> {
    pub(super) app: A,
    pub(super) protocols: Protocols,
    pub(super) sweeper: Arc<Sweeper>,
    pub(super) parking: Parking,
    places: Arc<Semaphore>,
    /// Of its listeners that cannot accept.
    pub(super) said: Seldom,
    /// Cancelled when the first connection may be accepted.
    pub(super) opened: CancellationToken,
}

impl<A: Application> Host<A> {
    pub(super) fn new(app: A, limits: &LimitValues) -> Arc<Self> {
        let places = limits.connections().clamp(1, Semaphore::MAX_PERMITS);
        Arc::new(Self {
            app,
            protocols: Protocols::new(limits),
            sweeper: Sweeper::new(limits),
            parking: Parking::default(),
            places: Arc::new(Semaphore::new(places)),
            said: Seldom::default(),
            opened: CancellationToken::new(),
        })
    }

    /// Accepts on its own task until `acceptor` is closed.
    pub(super) fn accept(self: &Arc<Self>, acceptor: &Arc<Acceptor>) {
        let (host, acceptor) = (Arc::clone(self), Arc::clone(acceptor));
        tasks::spawn(async move { host.accept_all(&acceptor).await });
    }

    async fn accept_all(self: Arc<Self>, acceptor: &Acceptor) {
        self.opened.cancelled().await;
        let mut back_off = BackOff::default();
        while let Some(accepted) = poll_fn(|cx| acceptor.poll_accept(cx)).await {
            match accepted {
                Ok(mut accepted) => {
                    back_off.reset();
                    // The semaphore is never closed. A full house keeps one client here, the
                    // others in the kernel's queue.
                    if let Ok(place) = Arc::clone(&self.places).acquire_owned().await {
                        accepted.slot.hold(place);
                    }
                    self.serve(acceptor, accepted);
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    let at = acceptor.endpoint();
                    back_off.pause(at, &error, &self.said).await;
                }
            }
        }
    }

    /// Serves what a closed listener's queue held, beyond the limit of connections if need be.
    pub(super) fn serve_queued(self: &Arc<Self>, acceptor: &Acceptor, mut accepted: Accepted) {
        if !self.opened.is_cancelled() {
            // It never came to serving anybody.
            return;
        }
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            accepted.slot.hold(place);
        }
        self.serve(acceptor, accepted);
    }

    fn serve(self: &Arc<Self>, acceptor: &Acceptor, accepted: Accepted) {
        let Accepted {
            stream,
            peer,
            slot,
            secure,
        } = accepted;
        if !cfg!(target_os = "linux") {
            stream.sends_at_once();
        }
        let local = match acceptor.endpoint() {
            Endpoint::Tcp(addr) if addr.ip().is_unspecified() => {
                Some(stream.local_addr().unwrap_or(*addr))
            }
            Endpoint::Tcp(addr) => Some(*addr),
            Endpoint::Unix(_) | Endpoint::Descriptor(_) => None,
        };
        self.serve_stream(stream, peer, local, slot, secure);
    }

    /// Serves a connection that came another way, beyond the limit of connections if need be.
    pub(super) fn serve_other(
        self: &Arc<Self>,
        stream: Other,
        peer: SocketAddr,
        local: Option<SocketAddr>,
        mut slot: Slot,
    ) {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            slot.hold(place);
        }
        let peer = Peer::Tcp(canonical(peer));
        self.serve_stream(Stream::Other(stream), peer, local, slot, None);
    }

    fn serve_stream(
        self: &Arc<Self>,
        stream: Stream,
        peer: Peer,
        local: Option<SocketAddr>,
        slot: Slot,
        secure: Option<Arc<Secure>>,
    ) {
        let generation = Arc::clone(slot.generation());
        let local = local.map(canonical);
        let connection = Connection::new(peer, local, generation, Arc::clone(&self.sweeper));
        self.sweeper.watch(&connection);
        let channel = Channel::plain(stream);
        let wire = Wire::new(channel, Arc::clone(&connection), slot);
        let serving = Serving {
            host: Arc::clone(self),
            connection,
        };
        drop(tokio::spawn(serving.run(wire, secure)));
    }
}
