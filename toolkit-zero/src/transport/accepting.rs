//! One bound address being served.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use super::Application;
use super::acceptor::Acceptor;
use super::address::Relation;
use super::draining::{Draining, Leaving};
use super::generation::{Generation, Slot};
use super::host::Host;
use super::limits::{LimitValues, Limits};
use super::listener;
use super::report::RebindError;
use super::stream::{Carrier, Other};
use super::tls::Secure;

/// One bound address being served. Dropped, it goes on being served until the runtime ends.
#[derive(Debug)]
pub(crate) struct Accepting<A> {
    addr: SocketAddr,
    host: Arc<Host<A>>,
    limits: LimitValues,
    generation: Arc<Generation>,
    /// How its connections are secured.
    secure: Option<Arc<Secure>>,
    /// Every listener that may still be open, those of older generations included.
    acceptors: Vec<Arc<Acceptor>>,
}

impl<A: Application> Accepting<A> {
    /// Binds `addr`, listens and serves; call it inside a runtime. The first connect after it succeeds.
    ///
    /// # Errors
    /// What the system says when `addr` cannot be bound.
    ///
    /// # Panics
    /// Outside a runtime, as everything of tokio's.
    #[cfg(test)]
    pub(crate) fn start(addr: SocketAddr, app: A, limits: &Limits) -> io::Result<Self> {
        let accepting = Self::bind(addr, None, app, limits)?;
        accepting.open();
        Ok(accepting)
    }

    /// Accepts from now on.
    pub(crate) fn open(&self) {
        self.host.opened.cancel();
    }

    /// Binds `addr` and listens; call it inside a runtime. A connect after it succeeds, and is accepted once it is
    /// [open](Self::open).
    ///
    /// # Errors
    /// What the system says when `addr` cannot be bound.
    ///
    /// # Panics
    /// Outside a runtime, as everything of tokio's.
    pub(crate) fn bind(
        addr: SocketAddr,
        secure: Option<Arc<Secure>>,
        app: A,
        limits: &Limits,
    ) -> io::Result<Self> {
        let limits = *limits.values();
        let generation = Arc::<Generation>::default();
        let listener = listener::bind(addr, limits.backlog())?;
        let acceptor = Acceptor::new(listener, Arc::clone(&generation), secure.clone())?;
        let host = Host::new(app, &limits);
        host.accept(&acceptor);
        Ok(Self {
            addr: acceptor.addr(),
            host,
            limits,
            generation,
            secure,
            acceptors: vec![acceptor],
        })
    }

    /// The address bound now; its port is never 0.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How its connections are secured now.
    pub(crate) fn secure(&self) -> Option<&Arc<Secure>> {
        self.secure.as_ref()
    }

    /// As [`succeed_as`](Self::succeed_as), secured as before.
    ///
    /// # Errors
    /// [`RebindError`]; nothing has changed then.
    pub(crate) fn succeed(&mut self, to: SocketAddr) -> Result<Draining, RebindError> {
        self.succeed_as(to, self.secure.clone())
    }

    /// Serves a connection of the caller's own, as one that was accepted here; call it inside a runtime.
    pub(crate) fn serve(&self, stream: Box<dyn Carrier>, peer: SocketAddr) {
        let slot = Slot::new(Arc::clone(&self.generation));
        self.host.serve_other(Other(stream), peer, self.addr, slot);
    }

    /// Serves `to` from now on, and drains what the old address has begun.
    ///
    /// `to` is bound first. Equal and overlapping addresses hand their sockets over, so no connect
    /// finds nobody.
    ///
    /// # Errors
    /// [`RebindError`]; nothing has changed then.
    pub(crate) fn succeed_as(
        &mut self,
        to: SocketAddr,
        secure: Option<Arc<Secure>>,
    ) -> Result<Draining, RebindError> {
        let failed = |source| RebindError::Bind { addr: to, source };
        let next = Arc::<Generation>::default();
        let known = mem::take(&mut self.acceptors);
        let mut open: Vec<_> = known
            .iter()
            .map(|acceptor| {
                (
                    acceptor,
                    Relation::between(acceptor.addr(), to),
                    acceptor.hold(),
                )
            })
            .filter(|(_, _, gate)| gate.is_open())
            .collect();
        let leaving = open
            .iter()
            .map(|(acceptor, ..)| Arc::clone(acceptor))
            .collect();
        self.acceptors.clone_from(&leaving);

        let kept = open
            .iter()
            .find(|(_, relation, _)| *relation == Relation::Equal);
        self.addr = if let Some((acceptor, ..)) = kept {
            acceptor.addr()
        } else {
            let others: Vec<_> = open
                .iter()
                .filter(|(_, relation, _)| *relation != Relation::Disjoint)
                .filter_map(|(_, _, gate)| gate.socket())
                .collect();
            if !others.is_empty() && !cfg!(target_os = "linux") {
                return Err(RebindError::Unsupported {
                    from: self.addr,
                    to,
                });
            }
            let acceptor = listener::bind_beside(to, self.limits.backlog(), &others)
                .and_then(|listener| Acceptor::new(listener, Arc::clone(&next), secure.clone()))
                .map_err(failed)?;
            self.host.accept(&acceptor);
            let addr = acceptor.addr();
            self.acceptors.push(acceptor);
            addr
        };

        let mut handshakes = false;
        for (_, relation, gate) in &mut open {
            match relation {
                Relation::Equal | Relation::Wider => gate.hand_to(&next, secure.as_ref()),
                Relation::Narrower => handshakes = true,
                Relation::Disjoint => {}
            }
        }
        drop(open);
        self.secure = secure;
        Ok(self.leave(next, leaving, handshakes))
    }

    /// Stops: finishes what was begun, and closes the listeners.
    pub(crate) fn drain(mut self) -> Draining {
        let acceptors = mem::take(&mut self.acceptors);
        self.leave(Arc::default(), acceptors, false)
    }

    fn leave(
        &mut self,
        next: Arc<Generation>,
        acceptors: Vec<Arc<Acceptor>>,
        handshakes: bool,
    ) -> Draining {
        let leaving = Leaving {
            host: Arc::clone(&self.host),
            generation: mem::replace(&mut self.generation, next),
            acceptors,
            limits: self.limits,
            handshakes,
        };
        leaving.start()
    }
}
