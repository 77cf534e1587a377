//! What is known of one connection while it lives.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Waker;

use tokio_util::sync::CancellationToken;

use super::generation::Generation;
use super::phase::{Circumstances, Phase, Word};
use super::sweeper::Sweeper;
use crate::message::Link;

/// What is known of one connection while it lives: one shared value a connection, none a request.
pub(crate) struct Connection {
    peer: SocketAddr,
    local: SocketAddr,
    http2: AtomicBool,
    /// [`Word`], packed. Over HTTP/2 the last stream to end writes it, else only the connection's task.
    word: AtomicU64,
    streams: AtomicU32,
    /// The sweeper wants the task to judge itself.
    look: AtomicBool,
    waker: Mutex<Option<Waker>>,
    /// Shared with the request's body, which clears it at its end.
    unread: OnceLock<Arc<AtomicBool>>,
    generation: Arc<Generation>,
    sweeper: Arc<Sweeper>,
}

impl Connection {
    pub(super) fn new(
        peer: SocketAddr,
        local: SocketAddr,
        generation: Arc<Generation>,
        sweeper: Arc<Sweeper>,
    ) -> Arc<Self> {
        let word = Word {
            phase: Phase::First,
            since: sweeper.now(),
        };
        Arc::new(Self {
            peer,
            local,
            http2: AtomicBool::new(false),
            word: AtomicU64::new(word.pack()),
            streams: AtomicU32::new(0),
            look: AtomicBool::new(false),
            waker: Mutex::new(None),
            unread: OnceLock::new(),
            generation,
            sweeper,
        })
    }

    /// Whether the connection speaks HTTP/2.
    pub(crate) fn is_http2(&self) -> bool {
        self.http2.load(Ordering::Relaxed)
    }

    /// Whether the server has been told to stop or move since the connection was accepted.
    pub(crate) fn is_draining(&self) -> bool {
        self.generation.is_draining()
    }

    pub(super) fn generation(&self) -> &Generation {
        &self.generation
    }

    pub(super) fn phase(&self) -> Phase {
        self.word().phase
    }

    pub(super) fn word(&self) -> Word {
        Word::unpack(self.word.load(Ordering::Relaxed))
    }

    /// Enters `phase`, or stamps it anew.
    pub(super) fn enter(&self, phase: Phase) {
        let since = self.sweeper.now();
        self.word
            .store(Word { phase, since }.pack(), Ordering::Relaxed);
    }

    /// The client speaks HTTP/2.
    pub(super) fn enter_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
        self.enter(Phase::Http2);
    }

    pub(super) fn circumstances(&self) -> Circumstances {
        Circumstances {
            now: self.sweeper.now(),
            draining_since: self.generation.draining_since(),
            cut: self.generation.is_cut(),
            streams: self.streams.load(Ordering::Acquire),
        }
    }

    pub(super) fn stream_began(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stream_ended(&self) {
        // Stamped before it counts, so that the sweeper never sees an old stamp without streams.
        // The phase stays the connection task's own, which may be writing it at this moment.
        let since = self.sweeper.now();
        let stamp = |packed| {
            let phase = Word::unpack(packed).phase;
            Some(Word { phase, since }.pack())
        };
        let _unchanged = self
            .word
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, stamp);
        self.streams.fetch_sub(1, Ordering::Release);
    }

    pub(super) fn streams(&self) -> u32 {
        self.streams.load(Ordering::Acquire)
    }

    /// The flag for the body of the next request, set; `None` if an earlier body still holds it.
    pub(super) fn expect_body(&self) -> Option<Arc<AtomicBool>> {
        let unread = self.unread.get_or_init(Arc::default);
        unread.store(true, Ordering::Relaxed);
        (Arc::strong_count(unread) == 1).then(|| Arc::clone(unread))
    }

    pub(super) fn expect_no_body(&self) {
        if let Some(unread) = self.unread.get() {
            unread.store(false, Ordering::Relaxed);
        }
    }

    /// Whether the end of the last request's body has not been seen.
    pub(super) fn has_unread_body(&self) -> bool {
        self.unread
            .get()
            .is_some_and(|unread| unread.load(Ordering::Relaxed))
    }

    /// Whether someone may still read it.
    pub(super) fn body_is_held(&self) -> bool {
        self.unread
            .get()
            .is_some_and(|unread| Arc::strong_count(unread) > 1)
    }

    /// The task that the sweeper shall wake.
    pub(super) fn watch_with(&self, waker: &Waker) {
        let mut slot = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *slot {
            Some(known) => known.clone_from(waker),
            None => *slot = Some(waker.clone()),
        }
    }

    /// Wakes the task to judge itself.
    pub(super) fn order_a_look(&self) {
        self.look.store(true, Ordering::Release);
        let slot = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*slot {
            waker.wake_by_ref();
        }
    }

    /// Whether a look was ordered since the last call. A plain load when it was not.
    pub(super) fn takes_a_look(&self) -> bool {
        self.look.load(Ordering::Relaxed) && self.look.swap(false, Ordering::Acquire)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("peer", &self.peer)
            .field("local", &self.local)
            .field("word", &self.word())
            .finish_non_exhaustive()
    }
}

impl Link for Connection {
    fn peer(&self) -> SocketAddr {
        self.peer
    }

    fn local(&self) -> SocketAddr {
        self.local
    }

    fn drain_signal(&self) -> &CancellationToken {
        self.generation.signal()
    }
}
