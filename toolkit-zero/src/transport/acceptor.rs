//! One listening socket and the generation its connections belong to.

use std::io;
use std::mem;
#[cfg(all(feature = "handover", target_os = "linux"))]
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use socket2::SockRef;

use super::endpoint::Endpoint;
use super::generation::{Generation, Slot};
use super::listener::Listener;
use super::stream::Stream;
use super::tls::Secure;
use crate::message::Peer;

/// One listening socket and the generation its connections belong to.
///
/// Everything that must not cross another is done under one lock: accepting into a generation,
/// handing the socket to the next one, and closing it.
#[derive(Debug)]
pub(super) struct Acceptor {
    endpoint: Endpoint,
    gate: Mutex<Gate>,
}

/// The inside of an [`Acceptor`], while it is held.
#[derive(Debug)]
pub(super) struct Gate {
    /// `None` once closed.
    listener: Option<Listener>,
    generation: Arc<Generation>,
    /// How those that are accepted from now on are secured.
    secure: Option<Arc<Secure>>,
    waker: Option<Waker>,
    /// It takes no further clients; see [`Listener::refuse`].
    refuses: bool,
}

/// A connection and what it counts in.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) stream: Stream,
    pub(super) peer: Peer,
    pub(super) slot: Slot,
    pub(super) secure: Option<Arc<Secure>>,
}

impl Acceptor {
    /// # Errors
    /// If the socket does not tell its address.
    pub(super) fn new(
        listener: Listener,
        generation: Arc<Generation>,
        secure: Option<Arc<Secure>>,
    ) -> io::Result<Arc<Self>> {
        let endpoint = listener.endpoint()?;
        let gate = Mutex::new(Gate {
            listener: Some(listener),
            generation,
            secure,
            waker: None,
            refuses: false,
        });
        Ok(Arc::new(Self { endpoint, gate }))
    }

    /// Where it is bound: a port is never 0.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Keeps everyone else from accepting, handing over and closing.
    pub(super) fn hold(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next connection; `None` once closed. For one task.
    pub(super) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Accepted>>> {
        let mut gate = self.hold();
        let Some(listener) = &gate.listener else {
            return Poll::Ready(None);
        };
        let Poll::Ready(accepted) = listener.poll_accept(cx) else {
            gate.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        Poll::Ready(Some(accepted.map(|(stream, peer)| Accepted {
            stream,
            peer,
            slot: Slot::new(Arc::clone(&gate.generation)),
            secure: gate.secure.clone(),
        })))
    }

    /// Takes no further client if the socket still belongs to `generation`; whether those who have begun to connect need
    /// a moment.
    pub(super) fn refuse(&self, generation: &Arc<Generation>) -> bool {
        let mut gate = self.hold();
        if !gate.belongs_to(generation) {
            return false;
        }
        let Some(listener) = &gate.listener else {
            return false;
        };
        let needs_a_moment = listener.refuse();
        gate.refuses = true;
        needs_a_moment
    }

    /// Gives what the queue held, and closes the socket if it still belongs to `generation`. It stays open, and the
    /// error is told, while something keeps the rest of the queue there, unless it is `late`.
    pub(super) fn close(
        &self,
        generation: &Arc<Generation>,
        late: bool,
    ) -> (Vec<Accepted>, io::Result<()>) {
        let mut gate = self.hold();
        if !gate.belongs_to(generation) {
            return (Vec::new(), Ok(()));
        }
        let Some(listener) = &gate.listener else {
            return (Vec::new(), Ok(()));
        };
        let (queued, error) = listener.empty();
        let queued = queued
            .into_iter()
            .map(|(stream, peer)| Accepted {
                stream,
                peer,
                slot: Slot::new(Arc::clone(generation)),
                secure: gate.secure.clone(),
            })
            .collect();
        match error {
            Some(error) if !late => return (queued, Err(error)),
            Some(error) => {
                tracing::warn!(addr = %self.endpoint, %error, "closed before its queue was empty");
            }
            None => {}
        }
        gate.listener = None;
        if let Some(waker) = gate.waker.take() {
            waker.wake();
        }
        (queued, Ok(()))
    }
}

#[cfg(all(feature = "handover", target_os = "linux"))]
impl Acceptor {
    /// The same socket for another process, until that has taken it or [not](Self::keep), and whether a third one holds it
    /// too; `None` once closed.
    ///
    /// # Errors
    /// There is no descriptor left.
    pub(super) fn lend(&self) -> io::Result<Option<(OwnedFd, bool)>> {
        let mut gate = self.hold();
        let Some(listener) = &mut gate.listener else {
            return Ok(None);
        };
        let shared = listener.is_shared();
        Ok(Some((listener.lend()?, shared)))
    }

    /// Leaves the socket, and whoever waits there, to another process.
    pub(super) fn give_away(&self) {
        let mut gate = self.hold();
        gate.listener = None;
        if let Some(waker) = gate.waker.take() {
            waker.wake();
        }
    }

    /// As [`give_away`](Self::give_away), if it was never taken from there.
    pub(super) fn give_back(&self) {
        let gate = self.hold();
        let is_borrowed = gate.listener.as_ref().is_some_and(Listener::is_borrowed);
        drop(gate);
        if is_borrowed {
            self.give_away();
        }
    }

    /// No other process takes it.
    pub(super) fn keep(&self) {
        if let Some(listener) = &mut self.hold().listener {
            listener.keep();
        }
    }
}

impl Gate {
    pub(super) fn is_open(&self) -> bool {
        self.listener.is_some()
    }

    pub(super) fn belongs_to(&self, generation: &Arc<Generation>) -> bool {
        Arc::ptr_eq(&self.generation, generation)
    }

    /// Whether another generation can take the socket over: a Unix socket that refuses clients does so for good.
    pub(super) fn can_be_handed_on(&self) -> bool {
        !self.refuses || self.listener.as_ref().is_some_and(Listener::can_welcome)
    }

    pub(super) fn socket(&self) -> Option<SockRef<'_>> {
        self.listener.as_ref().map(Listener::socket)
    }

    /// What is accepted from now on belongs to `generation`, and is secured like this.
    pub(super) fn hand_to(&mut self, generation: &Arc<Generation>, secure: Option<&Arc<Secure>>) {
        self.generation = Arc::clone(generation);
        self.secure = secure.cloned();
        if mem::take(&mut self.refuses)
            && let Some(Err(error)) = self.listener.as_ref().map(Listener::welcome)
        {
            tracing::error!(%error, "a listener that was about to close cannot be opened again");
        }
    }
}
