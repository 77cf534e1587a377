//! A request body on its way in: whether someone waits for it, and what has come.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};

use super::rest::Rest;

/// A request body on its way in, shared by the [`Body`](super::Body) that is read and the transport that watches its
/// pace. Over HTTP/1 one serves all bodies of a connection, one after the other.
///
/// Data is *due* only while a reader waits for it: a handler that takes its time is not held against its client.
#[derive(Default)]
pub(crate) struct Arrival {
    /// Which body of the connection this is.
    number: AtomicU32,
    unread: AtomicBool,
    due: AtomicBool,
    late: AtomicBool,
    bytes: AtomicU64,
    reader: Mutex<Option<Waker>>,
    /// What nobody reads of it, which its connection then does.
    rest: Rest,
}

impl Arrival {
    /// A body begins. What nobody reads of it is left to its connection, if that `keeps` it.
    pub(crate) fn begin(&self, keeps: bool) {
        self.rest.begin(keeps);
        let number = self.number.load(Ordering::Relaxed).wrapping_add(1);
        self.number.store(number, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.due.store(false, Ordering::Relaxed);
        self.late.store(false, Ordering::Relaxed);
        self.unread.store(true, Ordering::Relaxed);
    }

    /// Its end has been seen, or there is none.
    pub(crate) fn end(&self) {
        self.rest.dismiss();
        self.due.store(false, Ordering::Relaxed);
        self.unread.store(false, Ordering::Relaxed);
    }

    /// Whether its end has not been seen.
    pub(crate) fn is_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Its reader waits; `cx` is woken when it has waited for too long.
    pub(super) fn wait(&self, cx: &Context<'_>) {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *reader {
            Some(known) => known.clone_from(cx.waker()),
            None => *reader = Some(cx.waker().clone()),
        }
        self.due.store(true, Ordering::Relaxed);
    }

    /// Its reader has got this many bytes.
    pub(super) fn came(&self, bytes: usize) {
        let sum = self.bytes.load(Ordering::Relaxed) + bytes as u64;
        self.bytes.store(sum, Ordering::Relaxed);
        self.due.store(false, Ordering::Relaxed);
    }

    /// Nobody reads it any more.
    pub(super) fn leave(&self, body: hyper::body::Incoming) {
        self.due.store(false, Ordering::Relaxed);
        if !self.is_late() && self.rest.leave(body) {
            // The connection's task wakes when hyper is asked for more, and goes on from there.
            self.read_rest(&mut Context::from_waker(Waker::noop()));
        }
    }

    /// Whether its connection reads on what everybody has left.
    pub(crate) fn has_rest(&self) -> bool {
        self.rest.is_left()
    }

    /// Reads on what everybody has left, as its connection. Of one that breaks off, or is too slow, hyper closes the
    /// connection as soon as it is dropped.
    pub(crate) fn read_rest(&self, cx: &mut Context<'_>) {
        self.rest.read(self, cx);
    }

    /// The connection ends with this request, and reads no rest.
    pub(crate) fn dismiss_rest(&self) {
        self.rest.dismiss();
    }

    /// Whether it came too slowly. Its reader is told so as an error.
    pub(crate) fn is_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }

    /// Which body this is, and how many bytes of it have come; `None` while nobody waits for more.
    pub(crate) fn awaited(&self) -> Option<(u32, u64)> {
        self.due.load(Ordering::Relaxed).then(|| {
            let number = self.number.load(Ordering::Relaxed);
            (number, self.bytes.load(Ordering::Relaxed))
        })
    }

    /// It comes too slowly: wakes the reader to be told.
    pub(crate) fn give_up(&self) {
        self.late.store(true, Ordering::Relaxed);
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*reader {
            waker.wake_by_ref();
        }
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("unread", &self.unread)
            .field("due", &self.due)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// Its client sends a body more slowly than the server's limits allow.
#[derive(Debug, thiserror::Error)]
#[error("it came too slowly")]
pub(crate) struct TooSlow;
