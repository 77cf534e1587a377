//! The body of a message, in its smallest form (replaced when the rooms are joined).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;

/// What can go wrong while a body travels.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or of an answer.
#[derive(Debug)]
pub struct Body(Kind);

#[derive(Debug)]
enum Kind {
    Full(Full<Bytes>),
    Incoming(Incoming, Option<Arc<AtomicBool>>),
}

impl Body {
    /// A body of these bytes.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Full(Full::new(bytes.into())))
    }

    /// The body of a request; clears `unread` when its end has been seen.
    pub fn incoming(incoming: Incoming, unread: Option<Arc<AtomicBool>>) -> Self {
        Self(Kind::Incoming(incoming, unread))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Full(full) => Pin::new(full).poll_frame(cx).map_err(Into::into),
            // hyper 1.12 keeps the sender of a body whose request was answered before its last bytes
            // came, so its end would never be told.
            Kind::Incoming(incoming, _) if incoming.is_end_stream() => Poll::Ready(None),
            Kind::Incoming(incoming, unread) => {
                let frame = ready!(Pin::new(&mut *incoming).poll_frame(cx));
                if (frame.is_none() || incoming.is_end_stream())
                    && let Some(unread) = unread.take()
                {
                    unread.store(false, Ordering::Relaxed);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(full) => full.is_end_stream(),
            Kind::Incoming(incoming, _) => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(full) => full.size_hint(),
            Kind::Incoming(incoming, _) => incoming.size_hint(),
        }
    }
}
