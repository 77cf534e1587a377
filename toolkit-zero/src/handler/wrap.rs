//! What an option of a route puts around its handler. A route without the option has nothing around it.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::StatusCode;
use tokio_util::sync::CancellationToken;

use super::Handler;
use crate::message::{BoxFuture, Hold, Request, Response};
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
/// that has closed its side only still gets the answer. A drain waits for it, and cuts it at its deadline.
pub(crate) fn finish_on_disconnect(inner: Arc<dyn Handler>) -> Arc<dyn Handler> {
    Arc::new(Wrapped(move |request: Request| -> BoxFuture {
        request.answer_all_the_same();
        let hold = request.hold();
        let answer = inner.call(request);
        Box::pin(async move {
            let answer = match hold {
                Some(hold) => {
                    let client = Client::of(&*hold);
                    let left = Arc::clone(&client.left);
                    let answer = tokio::spawn(held(answer, hold, left)).await;
                    drop(client);
                    answer
                }
                None => tokio::spawn(answer).await.map(Some),
            };
            match answer {
                Ok(Some(response)) => response,
                // The drain's deadline, which ends the connection too, and counts its request.
                Ok(None) => pending().await,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => resume_unwind(panic),
                    Err(error) => Problem::internal(error).into_response(),
                },
            }
        })
    }))
}

/// Dropped when nobody waits for the answer any more.
struct Client {
    cut: CancellationToken,
    /// It went before the drain's deadline: the connection has not counted its request.
    left: Arc<AtomicBool>,
}

impl Client {
    fn of(hold: &dyn Hold) -> Self {
        Self {
            cut: hold.cut().clone(),
            left: Arc::default(),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.cut.is_cancelled() {
            self.left.store(true, Ordering::Release);
        }
    }
}

/// The answer, unless the drain's deadline passes before.
async fn held(answer: BoxFuture, hold: Box<dyn Hold>, left: Arc<AtomicBool>) -> Option<Response> {
    let cut = hold.cut().clone();
    let answer = cut.run_until_cancelled(answer).await;
    if answer.is_none() && left.load(Ordering::Acquire) {
        hold.count();
    }
    answer
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
