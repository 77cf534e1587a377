//! One request: found, begun, answered; a panic becomes a 500.

use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode, Uri};

use crate::handler::Handler;
use crate::message::{self, Body, BoxFuture, Link, Request, Response, RouteFacts};
use crate::reply::{IntoResponse, Problem};
use crate::routing::{Around, Begun, Routes};

/// Answers requests with the live table.
#[derive(Clone)]
pub(crate) struct Dispatch {
    routes: Routes,
    context: Arc<message::Context>,
    /// The layers of the server around the table; nothing where there are none.
    layered: Option<Arc<dyn Handler>>,
    /// What every refusal becomes, if the program says so.
    reshape: Option<Reshape>,
}

/// Makes the answer of a refusal.
pub(crate) type Reshape = Arc<dyn Fn(Problem) -> Response + Send + Sync>;

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dispatch({:?})", self.routes)
    }
}

/// The table as the innermost service of the server's layers.
struct Table(Routes, Option<Reshape>);

impl Handler for Table {
    fn call(&self, request: Request) -> BoxFuture {
        begin(&self.0, self.1.as_ref(), request).0
    }
}

/// Begins to answer with the live table. What is refused goes to its catcher, else it gets the program's own shape; where
/// there is neither, there is nothing around the answer.
#[inline]
fn begin(
    routes: &Routes,
    reshape: Option<&Reshape>,
    request: Request,
) -> (BoxFuture, Option<Arc<RouteFacts>>) {
    let begun = routes.begin(request);
    if begun.rescue.is_none() && reshape.is_none() {
        return (begun.answer, begun.route);
    }
    let route = begun.route.clone();
    (Box::pin(rescued(begun, reshape.cloned())), route)
}

async fn rescued(begun: Begun, reshape: Option<Reshape>) -> Response {
    let mut answer = begun.answer;
    // A handler that panicked is never polled again, so nobody sees what it left half done.
    let polled = poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        },
    );
    let response = match polled.await {
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
    match catcher {
        Some(caught) => {
            let (refused, _) = response.into_parts();
            in_place_of(&refused, caught.await)
        }
        None => reshaped(response, reshape.as_ref()),
    }
}

/// The answer in the program's own shape, if it is a refusal that has none yet.
fn reshaped(mut response: Response, reshape: Option<&Reshape>) -> Response {
    let Some(reshape) = reshape else {
        return response;
    };
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => {
            let mut other = reshape(problem);
            other.extensions_mut().remove::<Problem>();
            in_place_of(&response.into_parts().0, other)
        }
        None => response,
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

impl Dispatch {
    pub(crate) fn new(
        routes: Routes,
        context: Arc<message::Context>,
        layers: &[Around],
        reshape: Option<Reshape>,
    ) -> Self {
        let layered = (!layers.is_empty()).then(|| {
            let table: Arc<dyn Handler> = Arc::new(Table(routes.clone(), reshape.clone()));
            layers
                .iter()
                .rev()
                .fold(table, |inner, around| around(inner))
        });
        Self {
            routes,
            context,
            layered,
            reshape,
        }
    }

    /// Begins to answer one request, which came over `link`.
    pub(crate) fn begin(&self, link: Arc<dyn Link>, request: http::Request<Body>) -> Answering {
        let is_head = *request.method() == Method::HEAD;
        let access =
            tracing::enabled!(target: "toolkit_zero::access", tracing::Level::DEBUG).then(|| {
                Box::new((
                    request.method().clone(),
                    request.uri().clone(),
                    tokio::time::Instant::now(),
                ))
            });
        let request = Request::new(request, Arc::clone(&self.context), Some(link));
        let (answer, route) = match &self.layered {
            None => begin(&self.routes, self.reshape.as_ref(), request),
            Some(layered) => (layered.call(request), None),
        };
        Answering {
            answer,
            route,
            is_head,
            access,
            reshape: self.reshape.clone(),
        }
    }
}

/// The answer of one request.
pub(crate) struct Answering {
    answer: BoxFuture,
    route: Option<Arc<RouteFacts>>,
    is_head: bool,
    access: Option<Box<(Method, Uri, tokio::time::Instant)>>,
    reshape: Option<Reshape>,
}

impl Future for Answering {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        // A handler that panicked is never polled again, so nobody sees what it left half done.
        let polled = catch_unwind(AssertUnwindSafe(|| self.answer.as_mut().poll(cx)));
        let response = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => response,
            Err(panic) => panicked(self.route.as_deref(), panic.as_ref()),
        };
        let response = reshaped(response, self.reshape.as_ref());
        let response = if self.is_head {
            without_body(response)
        } else {
            response
        };
        if let Some(access) = &self.access {
            let (method, uri, begun) = &**access;
            tracing::debug!(
                target: "toolkit_zero::access",
                %method, path = uri.path(), status = response.status().as_u16(), elapsed = ?begun.elapsed(),
                route = self.route.as_deref().map_or("", |route| &route.pattern),
                "answered"
            );
        }
        Poll::Ready(response)
    }
}

#[cold]
fn panicked(route: Option<&RouteFacts>, panic: &(dyn std::any::Any + Send)) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("of another type");
    let route = route.map_or("(unknown)", |route| &route.pattern);
    tracing::error!(
        route,
        panic = text,
        "a handler panicked; its request was answered 500"
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// The answer to `HEAD` is that to `GET` without its content (RFC 9110 section 9.3.2).
fn without_body(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    if let Some(length) = http_body::Body::size_hint(&body).exact()
        && length > 0
    {
        head.headers
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| HeaderValue::from(length));
    }
    Response::from_parts(head, Body::empty())
}
