//! What an option of a route puts around its handler. A route without the option has nothing around it.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::Handler;
use crate::message::{BoxFuture, Request};
use crate::reply::{IntoResponse, Problem, with_status};

struct Wrapped<W>(W);

impl<W: Fn(Request) -> BoxFuture + Send + Sync> Handler for Wrapped<W> {
    fn call(&self, request: Request) -> BoxFuture {
        (self.0)(request)
    }
}

/// `timeout = ..`: a handler that takes longer is dropped and answered 503.
pub(crate) fn with_timeout(inner: Arc<dyn Handler>, limit: Duration) -> Arc<dyn Handler> {
    Arc::new(Wrapped(move |request: Request| -> BoxFuture {
        let uri = request.uri().clone();
        let answer = inner.call(request);
        Box::pin(async move {
            match tokio::time::timeout(limit, answer).await {
                Ok(response) => response,
                Err(_) => Problem::service_unavailable()
                    .detail(format!("the handler took longer than {limit:?}"))
                    .instance(uri.path())
                    .into_response(),
            }
        })
    }))
}

/// `on_disconnect = "finish"`: the handler runs in a task of its own, which a client that leaves does not end. A client
/// that has closed its side only still gets the answer.
pub(crate) fn finish_on_disconnect(inner: Arc<dyn Handler>) -> Arc<dyn Handler> {
    Arc::new(Wrapped(move |request: Request| -> BoxFuture {
        request.answer_all_the_same();
        let answer = inner.call(request);
        Box::pin(async move {
            match tokio::spawn(answer).await {
                Ok(response) => response,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => resume_unwind(panic),
                    Err(error) => Problem::internal(error).into_response(),
                },
            }
        })
    }))
}

/// `status = ..`: replaces a 200.
pub(crate) fn with_status_of(inner: Arc<dyn Handler>, status: StatusCode) -> Arc<dyn Handler> {
    Arc::new(Wrapped(move |request: Request| -> BoxFuture {
        let answer = inner.call(request);
        Box::pin(async move {
            let response = answer.await;
            if response.status() == StatusCode::OK {
                with_status(response, status)
            } else {
                response
            }
        })
    }))
}
