//! One request: found, begun, answered; a panic becomes a 500.

mod rescue;
mod streaming;
mod strict;
mod tunnel;
mod watchdog;

use std::fmt;
use std::future::ready;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, StatusCode, Uri};

pub(crate) use self::rescue::Reshape;
use self::rescue::{rescued, reshape_refusal};
use self::streaming::Guarded;
pub(crate) use self::strict::HeadLimits;
pub(crate) use self::watchdog::Watchdog;
use crate::handler::Handler;
use crate::message::{self, BoxFuture, Request, Response, RouteFacts};
use crate::reply::{IntoResponse, Problem};
use crate::routing::{Around, Routes};

/// Answers requests with the live table.
#[derive(Clone)]
pub(crate) struct Dispatch(Arc<Parts>);

/// What all requests of a server are answered with.
struct Parts {
    routes: Routes,
    context: Arc<message::Context>,
    head: HeadLimits,
    watchdog: Option<Arc<Watchdog>>,
    /// The layers of the server around the table; nothing where there are none.
    layered: Option<Arc<dyn Handler>>,
    /// What every refusal becomes, if the program says so.
    reshape: Option<Reshape>,
    /// Whether answers have something of these that is done with them when they are polled.
    is_attended: bool,
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dispatch({:?})", self.0.routes)
    }
}

/// The table as the innermost service of the server's layers.
struct Table(Routes, Option<Reshape>);

impl Handler for Table {
    fn call(&self, request: Request) -> BoxFuture {
        let found = request.extensions().get::<Found>().cloned();
        let begun = self.0.begin(request);
        if let (Some(Found(found)), Some(route)) = (found, &begun.route) {
            // Of a layer that asks twice the first is told.
            let _first = found.set(Arc::clone(route));
        }
        // The layers see the 500 of a panic as they see every answer.
        Box::pin(rescued(begun, self.1.clone()))
    }
}

/// Where the table leaves the route that it found for a request, when layers of the server stand between.
#[derive(Clone)]
struct Found(Arc<OnceLock<Arc<RouteFacts>>>);

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

impl Dispatch {
    pub(crate) fn new(
        routes: Routes,
        context: Arc<message::Context>,
        head: HeadLimits,
        watchdog: Option<Arc<Watchdog>>,
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
        let is_attended = watchdog.is_some() || layered.is_some() || reshape.is_some();
        Self(Arc::new(Parts {
            routes,
            context,
            head,
            watchdog,
            layered,
            reshape,
            is_attended,
        }))
    }

    /// Whether connections of `peer` begin with the address of the client.
    #[cfg(feature = "proxy-protocol")]
    pub(crate) fn is_introduced_by(&self, peer: message::Peer) -> bool {
        let mut networks = self.0.context.introducers.iter();
        networks.any(|network| network.has(peer))
    }

    /// Begins to answer one request.
    #[inline]
    pub(crate) fn begin(&self, mut request: Request) -> Answering {
        let parts = &*self.0;
        let is_connect = *request.method() == Method::CONNECT;
        let is_head = *request.method() == Method::HEAD;
        let mut aside = None;
        if is_connect
            || parts.is_attended
            || tracing::enabled!(target: "toolkit_zero::access", tracing::Level::DEBUG)
        {
            aside = Some(Aside::of(&mut request, self));
        }
        let mut route = None;
        let answer = if let Err(problem) = parts.head.check(&request) {
            refused(problem.instance(request.uri().path()))
        } else {
            request.enter(&parts.context);
            match &parts.layered {
                None => {
                    let (answer, found) = begin(&parts.routes, parts.reshape.as_ref(), request);
                    route = found;
                    answer
                }
                Some(layered) => layered.call(request),
            }
        };
        Answering {
            answer,
            route,
            aside,
            is_head,
        }
    }
}

#[cold]
fn refused(problem: Problem) -> BoxFuture {
    Box::pin(ready(problem.into_response()))
}

/// What few requests need beside their answer.
struct Aside {
    dispatch: Dispatch,
    /// Where the table leaves the route, behind the layers of the server.
    found: Option<Found>,
    /// The path of a request for a tunnel (RFC 8441).
    tunnel: Option<Box<str>>,
    access: Option<(Method, Uri, tokio::time::Instant)>,
}

impl Aside {
    #[cold]
    fn watchdog(&self) -> Option<Arc<Watchdog>> {
        self.dispatch.0.watchdog.clone()
    }

    #[cold]
    fn of(request: &mut Request, dispatch: &Dispatch) -> Box<Self> {
        let tunnel = (*request.method() == Method::CONNECT && tunnel::becomes_get(request))
            .then(|| request.uri().path().into());
        let access =
            tracing::enabled!(target: "toolkit_zero::access", tracing::Level::DEBUG).then(|| {
                (
                    request.method().clone(),
                    request.uri().clone(),
                    tokio::time::Instant::now(),
                )
            });
        let found = dispatch.0.layered.is_some().then(|| {
            let found = Found(Arc::default());
            request.extensions_mut().insert(found.clone());
            found
        });
        Box::new(Self {
            dispatch: dispatch.clone(),
            found,
            tunnel,
            access,
        })
    }
}

/// The answer of one request.
pub(crate) struct Answering {
    answer: BoxFuture,
    /// As far as it is known, and not behind layers of the server.
    route: Option<Arc<RouteFacts>>,
    aside: Option<Box<Aside>>,
    is_head: bool,
}

impl Future for Answering {
    type Output = Response;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        // A handler that panicked is never polled again, so nobody sees what it left half done.
        let this = &mut *self;
        let watchdog = this.aside.as_ref().and_then(|aside| aside.watchdog());
        let watched = watchdog
            .as_ref()
            .map(|watchdog| watchdog.enter(this.route()));
        // In place: an answer is large.
        let mut polled = Poll::Pending;
        let caught = catch_unwind(AssertUnwindSafe(|| {
            polled = this.answer.as_mut().poll(cx);
        }));
        drop(watched);
        if let Err(panic) = caught {
            let route = self.route().map(Arc::as_ref);
            polled = Poll::Ready(panicked(route, panic.as_ref()));
        }
        if let Poll::Ready(response) = &mut polled {
            self.finish(response);
        }
        polled
    }
}

impl Answering {
    fn route(&self) -> Option<&Arc<RouteFacts>> {
        let behind = || self.aside.as_ref()?.found.as_ref()?.0.get();
        self.route.as_ref().or_else(behind)
    }

    /// What every answer gets on its way out.
    fn finish(&self, response: &mut Response) {
        if let Some(aside) = &self.aside
            && let Some(path) = &aside.tunnel
        {
            tunnel::refuse_unless_switched(response, path);
        }
        if let Some(aside) = &self.aside
            && let Some(reshape) = &aside.dispatch.0.reshape
        {
            reshape_refusal(response, reshape);
        }
        if self.is_head {
            drop_body(response);
        } else {
            response.body_mut().wrap_streaming(|body| Guarded {
                body: Some(body),
                route: self.route().cloned(),
            });
        }
        if let Some(aside) = &self.aside
            && let Some((method, uri, begun)) = &aside.access
        {
            tracing::debug!(
                target: "toolkit_zero::access",
                %method, path = uri.path(), status = response.status().as_u16(), elapsed = ?begun.elapsed(),
                route = self.route().map_or("", |route| &route.pattern),
                "answered"
            );
        }
    }
}

/// The route and the text of a panic, for the log.
fn described<'p>(
    route: Option<&'p RouteFacts>,
    panic: &'p (dyn std::any::Any + Send),
) -> (&'p str, &'p str) {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("of another type");
    (route.map_or("(unknown)", |route| &route.pattern), text)
}

#[cold]
fn panicked(route: Option<&RouteFacts>, panic: &(dyn std::any::Any + Send)) -> Response {
    let (route, panic) = described(route, panic);
    tracing::error!(
        route,
        panic,
        "a handler panicked; its request was answered 500"
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// The answer to `HEAD` is that to `GET` without its content (RFC 9110 section 9.3.2).
fn drop_body(response: &mut Response) {
    let body = mem::take(response.body_mut());
    if let Some(length) = http_body::Body::size_hint(&body).exact()
        && length > 0
    {
        let known = response.headers_mut().entry(CONTENT_LENGTH);
        known.or_insert_with(|| HeaderValue::from(length));
    }
}
