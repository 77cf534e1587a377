//! The connections that drain together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::message::Hold;

/// The connections that drain together: all that were accepted between two moves of a server.
#[derive(Debug, Default)]
pub(super) struct Generation {
    open: AtomicUsize,
    /// When the drain was signalled on the coarse clock, plus one; 0 before.
    signalled: AtomicU64,
    cut: AtomicBool,
    completed: AtomicU64,
    aborted: AtomicU64,
    /// Open ones that are counted as aborted already.
    told: AtomicUsize,
    closed_one: Notify,
    signal: CancellationToken,
    cut_signal: CancellationToken,
}

impl Generation {
    /// Tells every connection of the generation to finish; `now` is the coarse clock.
    pub(super) fn announce(&self, now: u64) {
        self.signalled.store(now + 1, Ordering::SeqCst);
        self.signal.cancel();
    }

    /// A load, for each answer.
    pub(super) fn is_draining(&self) -> bool {
        self.signalled.load(Ordering::Relaxed) != 0
    }

    pub(super) fn draining_since(&self) -> Option<u64> {
        self.signalled.load(Ordering::Acquire).checked_sub(1)
    }

    /// For those who wait for the drain instead of asking.
    pub(super) fn signal(&self) -> &CancellationToken {
        &self.signal
    }

    /// Orders what is still open to end now.
    pub(super) fn cut(&self) {
        self.cut.store(true, Ordering::Release);
        self.cut_signal.cancel();
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    /// For those who wait for that instead of asking.
    #[cfg(feature = "ws")]
    pub(super) fn cut_signal(&self) -> &CancellationToken {
        &self.cut_signal
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
        // Before the signal nobody waits. The drain looks at `open` after it has set the signal.
        if self.signalled.load(Ordering::SeqCst) != 0 {
            self.closed_one.notify_one();
        }
    }

    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Returns when a connection has closed since the last call. For one waiter.
    ///
    /// # Cancel safety
    /// Nothing is missed.
    pub(super) async fn closed_one(&self) {
        self.closed_one.notified().await;
    }

    /// Counts finished requests, if the drain has begun.
    pub(super) fn completed(&self, requests: u64) {
        if self.is_draining() {
            self.completed.fetch_add(requests, Ordering::Relaxed);
        }
    }

    pub(super) fn aborted(&self, requests: u64) {
        self.aborted.fetch_add(requests, Ordering::Relaxed);
    }

    /// An upgraded connection has been told that it is cut, and is as good as closed.
    pub(super) fn told(&self) {
        self.aborted(1);
        self.told.fetch_add(1, Ordering::SeqCst);
    }

    /// Its user has closed it.
    pub(super) fn told_one_closed(&self) {
        self.told.fetch_sub(1, Ordering::SeqCst);
    }

    /// Completed, and aborted with what is still open.
    pub(super) fn counts(&self) -> (u64, u64) {
        let open = self.open();
        let unheard = open.saturating_sub(self.told.load(Ordering::SeqCst));
        let aborted = self.aborted.load(Ordering::Relaxed);
        (
            self.completed.load(Ordering::Relaxed),
            aborted + u64::try_from(unheard).unwrap_or(u64::MAX),
        )
    }
}

/// One open connection in the count of its generation, and in that of the server; or work that outlives one.
#[derive(Debug)]
pub(super) struct Slot {
    generation: Arc<Generation>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Slot {
    pub(super) fn new(generation: Arc<Generation>) -> Self {
        generation.opened();
        Self {
            generation,
            permit: None,
        }
    }

    /// Keeps `permit` as long as the connection lives.
    pub(super) fn hold(&mut self, permit: OwnedSemaphorePermit) {
        self.permit = Some(permit);
    }

    pub(super) fn generation(&self) -> &Arc<Generation> {
        &self.generation
    }
}

impl Hold for Slot {
    fn cut(&self) -> &CancellationToken {
        &self.generation.cut_signal
    }

    fn count(&self) {
        self.generation.aborted(1);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // The place is free before the drain hears of it.
        drop(self.permit.take());
        self.generation.closed();
    }
}
