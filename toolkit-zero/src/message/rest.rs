//! The part of a request body that nobody reads, which has to be out of the way before the connection can go on.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http_body::Body as _;
use hyper::body::Incoming;

use super::arrival::Arrival;

/// The part of a request body that nobody reads.
///
/// hyper 1.12 looks once whether the rest of such a body has come, and closes the connection if it has not, without a
/// word to a client that was answered before. A small rest is therefore read to its end here.
#[derive(Default)]
pub(super) struct Rest {
    keeps: AtomicBool,
    is_left: AtomicBool,
    body: Mutex<Option<Incoming>>,
}

impl Rest {
    /// A next body begins, so there is no rest of an earlier one. Its own is kept if `keeps`.
    pub(super) fn begin(&self, keeps: bool) {
        self.dismiss();
        self.keeps.store(keeps, Ordering::Relaxed);
    }

    /// No rest is read.
    pub(super) fn dismiss(&self) {
        self.keeps.store(false, Ordering::Relaxed);
        if self.is_left() {
            self.forget(&mut self.body());
        }
    }

    /// Nobody else reads `body`; whether it is kept.
    pub(super) fn leave(&self, body: Incoming) -> bool {
        let keeps = self.keeps.load(Ordering::Relaxed);
        if keeps {
            *self.body() = Some(body);
            self.is_left.store(true, Ordering::Release);
        }
        keeps
    }

    pub(super) fn is_left(&self) -> bool {
        self.is_left.load(Ordering::Acquire)
    }

    /// Reads what has come, and tells `arrival`.
    pub(super) fn read(&self, arrival: &Arrival, cx: &mut Context<'_>) {
        let mut rest = self.body();
        let Some(body) = &mut *rest else {
            return;
        };
        let whole = loop {
            if body.is_end_stream() {
                break true;
            }
            match Pin::new(&mut *body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    arrival.came(frame.data_ref().map_or(0, bytes::Bytes::len));
                }
                Poll::Ready(None) => break true,
                Poll::Ready(Some(Err(_))) => break false,
                Poll::Pending => {
                    arrival.wait(cx);
                    if arrival.is_late() {
                        break false;
                    }
                    return;
                }
            }
        };
        self.forget(&mut rest);
        drop(rest);
        if whole {
            arrival.end();
        }
    }

    fn forget(&self, body: &mut Option<Incoming>) {
        *body = None;
        self.is_left.store(false, Ordering::Release);
    }

    fn body(&self) -> MutexGuard<'_, Option<Incoming>> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
