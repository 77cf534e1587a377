//! Connections at rest: while many are open, an idle one gives back all that hyper holds for it.
//!
//! hyper keeps a read buffer of 8 KiB, a write buffer and a map of fields for as long as a connection lives. A parked
//! connection is its socket and what the sweeper looks at: its phase stays `Idle`, so deadlines and drains treat it as
//! any other. The first [`WARM`] connections are never parked: to set hyper up again costs a few allocations.
//!
//! Only what cannot have bytes of its own above the socket is parked: HTTP/1 without TLS.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Application;
use super::phase::{Phase, Verdict};
use super::serve::Serving;
use super::wire::Wire;

/// So many connections may be with hyper before an idle one is parked. None in the tests beside these files; those in a
/// package of their own have fewer than this.
const WARM: usize = if cfg!(test) { 0 } else { 128 };

/// How many connections are with hyper.
#[derive(Debug, Default)]
pub(super) struct Parking {
    warm: AtomicUsize,
}

impl Parking {
    /// One more is, until this is dropped.
    pub(super) fn warm(&self) -> Warm<'_> {
        self.warm.fetch_add(1, Ordering::Relaxed);
        Warm(self)
    }

    fn is_crowded(&self) -> bool {
        self.warm.load(Ordering::Relaxed) > WARM
    }
}

/// A connection that is with hyper.
#[derive(Debug)]
pub(super) struct Warm<'a>(&'a Parking);

impl Drop for Warm<'_> {
    fn drop(&mut self) {
        self.0.warm.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<A: Application> Serving<A> {
    /// Whether the connection should be parked now: nobody reads the rest of an earlier request, and no refusal of
    /// hyper's waits to be sent.
    #[inline]
    pub(super) fn should_park(&self) -> bool {
        self.connection.is_in(Phase::Idle)
            && self.host.parking.is_crowded()
            && !self.connection.has_unread_body()
            && !self.connection.written().1
    }

    /// Waits until there is something to do.
    pub(super) async fn parked(&self, wire: &mut Wire) -> Parked {
        loop {
            match self.attend(|cx| wire.poll_readable(cx)).await {
                Ok(()) => return Parked::Wanted,
                Err(Verdict::Close) if wire.has_unread_bytes() => return Parked::Wanted,
                Err(Verdict::Cut) => return Parked::Cut,
                Err(Verdict::Close | Verdict::Timeout | Verdict::Slow) => return Parked::Over,
                Err(Verdict::Keep | Verdict::Probe | Verdict::Goaway) => {}
            }
        }
    }
}

/// Why a connection is parked no longer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parked {
    /// Its client has sent something, or has gone.
    Wanted,
    /// It was idle for too long.
    Over,
    /// The drain has reached its deadline.
    Cut,
}

/// Whether nothing of a next request is in these bytes. Empty lines before it mean nothing (RFC 9112 section 2.2).
pub(super) fn is_nothing(read: &[u8]) -> bool {
    read.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}
