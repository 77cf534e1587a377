//! One request: found, begun, answered; a panic becomes a 500.

mod strict;

use std::fmt;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Uri};

pub(crate) use self::strict::HeadLimits;
use crate::handler::Handler;
use crate::message::{self, Body, BoxFuture, Link, Request, Response, RouteFacts};
use crate::reply::{IntoResponse, Problem};
use crate::routing::{Around, Routes};

/// Answers requests with the live table.
#[derive(Clone)]
pub(crate) struct Dispatch {
    routes: Routes,
    context: Arc<message::Context>,
    head: HeadLimits,
    /// The layers of the server around the table; nothing where there are none.
    layered: Option<Arc<dyn Handler>>,
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dispatch({:?})", self.routes)
    }
}

/// The table as the innermost service of the server's layers.
struct Table(Routes);

impl Handler for Table {
    fn call(&self, request: Request) -> BoxFuture {
        self.0.begin(request).answer
    }
}

impl Dispatch {
    pub(crate) fn new(
        routes: Routes,
        context: Arc<message::Context>,
        head: HeadLimits,
        layers: &[Around],
    ) -> Self {
        let layered = (!layers.is_empty()).then(|| {
            let table: Arc<dyn Handler> = Arc::new(Table(routes.clone()));
            layers
                .iter()
                .rev()
                .fold(table, |inner, around| around(inner))
        });
        Self {
            routes,
            context,
            head,
            layered,
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
        let (answer, route) = match self.head.check(&request) {
            Err(problem) => (refused(problem), None),
            Ok(()) => self.route(link, request),
        };
        Answering {
            answer,
            route,
            is_head,
            access,
        }
    }

    fn route(
        &self,
        link: Arc<dyn Link>,
        request: http::Request<Body>,
    ) -> (BoxFuture, Option<Arc<RouteFacts>>) {
        let request = Request::new(request, Arc::clone(&self.context), Some(link));
        match &self.layered {
            None => {
                let begun = self.routes.begin(request);
                (begun.answer, begun.route)
            }
            Some(layered) => (layered.call(request), None),
        }
    }
}

#[cold]
fn refused(problem: Problem) -> BoxFuture {
    Box::pin(ready(problem.into_response()))
}

/// The answer of one request.
pub(crate) struct Answering {
    answer: BoxFuture,
    route: Option<Arc<RouteFacts>>,
    is_head: bool,
    access: Option<Box<(Method, Uri, tokio::time::Instant)>>,
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
    Problem::new(http::StatusCode::INTERNAL_SERVER_ERROR).into_response()
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
