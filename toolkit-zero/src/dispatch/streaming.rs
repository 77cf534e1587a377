//! A body that is made while it is sent: a panic in it ends its answer and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::message::{BoxError, RouteFacts, Streaming};

/// A body that is made while it is sent.
pub(super) struct Guarded {
    /// `None` once it has panicked: nobody sees what was left half done.
    pub(super) body: Option<Streaming>,
    pub(super) route: Option<Arc<RouteFacts>>,
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll_frame(cx))) {
            Ok(polled) => {
                if let Poll::Ready(Some(Err(error))) = &polled {
                    let route = self.route.as_deref().map_or("(unknown)", |it| &it.pattern);
                    tracing::error!(route, %error, "a stream failed; its answer broke off");
                }
                polled
            }
            Err(panic) => {
                self.body = None;
                let (route, panic) = super::described(self.route.as_deref(), panic.as_ref());
                tracing::error!(route, panic, "a stream panicked; its answer was broken off");
                Poll::Ready(Some(Err("the stream of the answer panicked".into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, |body| body.size_hint())
    }
}
