//! What becomes of refusals: a catcher answers them, else they get the program's own shape.

use std::future::poll_fn;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};

use super::panicked;
use crate::message::{Request, Response};
use crate::reply::Problem;
use crate::routing::Begun;

/// Makes the answer of a refusal.
pub(crate) type Reshape = Arc<dyn Fn(Problem) -> Response + Send + Sync>;

/// Answers, and lets a catcher answer what is refused.
pub(super) async fn rescued(begun: Begun, reshape: Option<Reshape>) -> Response {
    let mut answer = begun.answer;
    // A handler that panicked is never polled again, so nobody sees what it left half done.
    let polled = poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        },
    );
    let mut response = match polled.await {
        Ok(response) => response,
        Err(panic) => panicked(begun.route.as_deref(), panic.as_ref()),
    };
    let Some(problem) = response.extensions().get::<Problem>().cloned() else {
        return response;
    };
    let catcher = begun.rescue.and_then(|rescue| {
        let tell = |request: &mut Request| {
            request.extensions_mut().insert(problem);
        };
        rescue.of(response.status(), tell)
    });
    if let Some(caught) = catcher {
        let (refused, _) = response.into_parts();
        return in_place_of(&refused, caught.await);
    }
    if let Some(reshape) = &reshape {
        reshape_refusal(&mut response, reshape);
    }
    response
}

/// Gives a refusal that has no shape yet the program's own.
pub(super) fn reshape_refusal(response: &mut Response, reshape: &Reshape) {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let mut other = reshape(problem);
        other.extensions_mut().remove::<Problem>();
        let (refused, _) = mem::take(response).into_parts();
        *response = in_place_of(&refused, other);
    }
}

/// An answer that stands for a refusal keeps its status, unless it has one of its own, and its fields.
fn in_place_of(refused: &http::response::Parts, mut answer: Response) -> Response {
    if answer.status() == StatusCode::OK {
        *answer.status_mut() = refused.status;
    }
    for (name, value) in &refused.headers {
        if *name != CONTENT_TYPE && *name != CONTENT_LENGTH {
            let missing = answer.headers_mut().entry(name);
            missing.or_insert_with(|| value.clone());
        }
    }
    answer
}
