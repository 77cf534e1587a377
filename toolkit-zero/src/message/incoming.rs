//! The body of a request as hyper reads it, while somebody wants it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use super::BoxError;
use super::arrival::{Arrival, TooSlow};
use super::wake::held_back;

/// The body of a request as hyper reads it. Its [`Arrival`] is told how it goes, and gets what is left of it.
pub(super) struct Incoming {
    /// `None` only while it is dropped.
    body: Option<hyper::body::Incoming>,
    /// Until the end has been seen.
    arrival: Option<Arc<Arrival>>,
}

impl Incoming {
    pub(super) fn new(body: hyper::body::Incoming, arrival: Option<Arc<Arrival>>) -> Self {
        Self {
            body: Some(body),
            arrival,
        }
    }

    pub(super) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        // hyper 1.12 keeps the sender of a body whose request was answered before its last bytes
        // came, so its end would never be told.
        if body.is_end_stream() {
            return Poll::Ready(None);
        }
        let (polled, wake) = held_back(|| Pin::new(&mut *body).poll_frame(cx));
        // Who has taken the last piece waits for nothing, and neither does hyper.
        if let Some(wake) = wake
            && !(polled.is_ready() && body.is_end_stream())
        {
            wake.wake();
        }
        let Poll::Ready(frame) = polled else {
            return self.wait(cx);
        };
        if frame.is_none() || body.is_end_stream() {
            if let Some(arrival) = self.arrival.take() {
                arrival.end();
            }
        } else if let (Some(arrival), Some(Ok(frame))) = (&self.arrival, &frame) {
            arrival.came(frame.data_ref().map_or(0, Bytes::len));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    /// Nothing has come. Asked for after it is said, so that being late is not missed.
    fn wait(&self, cx: &Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(arrival) = &self.arrival else {
            return Poll::Pending;
        };
        arrival.wait(cx);
        if arrival.is_late() {
            Poll::Ready(Some(Err(TooSlow.into())))
        } else {
            Poll::Pending
        }
    }

    pub(super) fn is_end_stream(&self) -> bool {
        self.body
            .as_ref()
            .is_none_or(hyper::body::Incoming::is_end_stream)
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, hyper::body::Incoming::size_hint)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let (Some(arrival), Some(body)) = (&self.arrival, self.body.take()) {
            arrival.leave(body);
        }
    }
}
