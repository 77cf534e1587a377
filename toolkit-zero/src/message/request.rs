//! One request: its head, its body, and what the server knows about it.

use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Uri, Version};
use tokio_util::sync::CancellationToken;

use super::{Body, Captures, Context, Held, Peer};

/// A request as a handler or an extractor sees it.
///
/// It converts to and from `http::Request<Body>` without copying, so tower services and libraries built on `http` can
/// take it; what the server knows about the request (captures, states, peer) travels along.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/agent")]
/// async fn agent(request: Request) -> String {
///     let agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok());
///     agent.unwrap_or("nobody").to_owned()
/// }
/// # fn main() {}
/// ```
pub struct Request {
    message: http::Request<Body>,
    known: Known,
    /// The body that was read into memory, if it is large.
    held: Held,
}

/// What the server knows about a request beyond its bytes.
#[derive(Clone, Default)]
struct Known {
    captures: Captures,
    /// The target that was matched, once a layer has had the request and may have changed it.
    matched: Option<Uri>,
    route: Option<Arc<RouteFacts>>,
    context: Option<Arc<Context>>,
    link: Option<Arc<dyn Link>>,
}

/// The connection that a request came over.
pub(crate) trait Link: Send + Sync {
    /// Who is at the other end.
    fn peer(&self) -> Peer;

    /// The address the client connected to; `None` for a Unix socket.
    fn local(&self) -> Option<SocketAddr>;

    /// Cancelled when the server is told to stop or to move.
    fn drain_signal(&self) -> &CancellationToken;

    /// A client that closes its side of the connection still gets the answer to this request.
    fn answer_all_the_same(&self) {}

    /// Makes the drain wait for work that the client may leave behind; `None` where there is no drain.
    fn hold(&self) -> Option<Box<dyn Hold>> {
        None
    }
}

/// Work that a drain waits for, whatever becomes of its connection.
pub(crate) trait Hold: Send {
    /// Cancelled when the drain waits no longer.
    fn cut(&self) -> &CancellationToken;

    /// Counts it as cut.
    fn count(&self);
}

/// What a request may ask about the route that matched it.
#[derive(Debug)]
pub(crate) struct RouteFacts {
    /// The pattern as it was written, prefixes included.
    pub(crate) pattern: String,
    /// The names of its captures, in order.
    pub(crate) names: Vec<String>,
    /// Whether the last capture takes the remainder of the path.
    pub(crate) rest: bool,
    /// The largest body that is read into memory, where the route says so.
    pub(crate) body_limit: Option<u64>,
}

impl Request {
    pub(crate) fn new(
        message: http::Request<Body>,
        context: Arc<Context>,
        link: Option<Arc<dyn Link>>,
    ) -> Self {
        Self {
            message,
            known: Known {
                captures: Captures::default(),
                matched: None,
                route: None,
                context: Some(context),
                link,
            },
            held: Held::default(),
        }
    }

    /// The request method.
    pub fn method(&self) -> &Method {
        self.message.method()
    }

    /// The request target.
    pub fn uri(&self) -> &Uri {
        self.message.uri()
    }

    /// The HTTP version.
    pub fn version(&self) -> Version {
        self.message.version()
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        self.message.headers()
    }

    /// The header fields, to change.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.message.headers_mut()
    }

    /// Values that layers put beside the request.
    pub fn extensions(&self) -> &Extensions {
        self.message.extensions()
    }

    /// Values that layers put beside the request, to change.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        self.message.extensions_mut()
    }

    /// The address at the other end of the connection; `None` where there is no connection, as in a unit test, and for a
    /// client of a Unix socket.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.connected()?.addr()
    }

    /// Who is at the other end of the connection; `None` where there is no connection.
    pub(crate) fn connected(&self) -> Option<Peer> {
        self.known.link.as_ref().map(|link| link.peer())
    }

    /// The address that the client connected to; `None` where there is no connection, and for a Unix socket.
    pub fn local(&self) -> Option<SocketAddr> {
        self.known.link.as_ref().and_then(|link| link.local())
    }

    /// Cancelled when the server is told to stop or to move.
    pub(crate) fn drain_signal(&self) -> Option<&CancellationToken> {
        self.known.link.as_ref().map(|link| link.drain_signal())
    }

    /// A client that closes its side of the connection still gets the answer to this request.
    pub(crate) fn answer_all_the_same(&self) {
        if let Some(link) = &self.known.link {
            link.answer_all_the_same();
        }
    }

    /// Makes the drain wait for its handler, even when the client has gone.
    pub(crate) fn hold(&self) -> Option<Box<dyn Hold>> {
        self.known.link.as_ref()?.hold()
    }

    /// The pattern of the route that matched, as it was declared: `/users/{id}`.
    pub fn matched_path(&self) -> Option<&str> {
        self.known
            .route
            .as_ref()
            .map(|route| route.pattern.as_str())
    }

    /// Takes the body out; what stays behind is empty.
    pub fn take_body(&mut self) -> Body {
        mem::take(self.message.body_mut())
    }

    /// The body, where it lies.
    pub fn body(&self) -> &Body {
        self.message.body()
    }

    /// The raw text of the capture at `index`, still percent-encoded.
    pub(crate) fn raw_capture(&self, index: usize) -> Option<&str> {
        let matched = self.known.matched.as_ref().unwrap_or(self.uri());
        self.known.captures.raw(matched.path(), index)
    }

    /// The decoded value of the capture at `index`.
    pub(crate) fn capture(&self, index: usize) -> Option<Cow<'_, str>> {
        let raw = self.raw_capture(index)?;
        // The path was decoded once to find the route, so this succeeds.
        Some(super::path::decode_segment(raw).unwrap_or(Cow::Borrowed(raw)))
    }

    pub(crate) fn route(&self) -> Option<&Arc<RouteFacts>> {
        self.known.route.as_ref()
    }

    pub(crate) fn context(&self) -> Option<&Arc<Context>> {
        self.known.context.as_ref()
    }

    pub(crate) fn captures(&self) -> &Captures {
        &self.known.captures
    }

    /// Notes which route serves this request.
    pub(crate) fn matched(&mut self, route: Arc<RouteFacts>, captures: Captures) {
        self.known.route = Some(route);
        self.known.captures = captures;
        self.known.matched = None;
    }

    /// The largest body that extractors read into memory for this request, in bytes.
    pub(crate) fn body_limit(&self) -> u64 {
        let of_route = self.known.route.as_ref().and_then(|route| route.body_limit);
        of_route
            .or_else(|| {
                self.known
                    .context
                    .as_ref()
                    .map(|context| context.body_limit)
            })
            .unwrap_or(2 * 1024 * 1024)
    }

    /// A copy without the body.
    pub(crate) fn head(&self) -> Self {
        let mut message = http::Request::new(Body::empty());
        self.method().clone_into(message.method_mut());
        self.uri().clone_into(message.uri_mut());
        *message.version_mut() = self.version();
        self.headers().clone_into(message.headers_mut());
        self.extensions().clone_into(message.extensions_mut());
        Self {
            message,
            known: self.known.clone(),
            held: Held::default(),
        }
    }

    /// What a body that is read into memory is counted in.
    pub(crate) fn holding(&mut self) -> (&mut Held, Option<&Arc<Context>>) {
        (&mut self.held, self.known.context.as_ref())
    }

    /// Takes the share of the budget out, for whoever uses the body longer than the request lives.
    pub(crate) fn take_held(&mut self) -> Held {
        mem::take(&mut self.held)
    }

    /// Takes the whole request out; what stays behind is empty.
    ///
    /// The target and what the server knows stay, for a refusal that names them and for the blocking pool.
    pub(crate) fn take(&mut self) -> Self {
        let mut left = http::Request::new(Body::empty());
        self.uri().clone_into(left.uri_mut());
        let left = Self {
            message: left,
            known: self.known.clone(),
            held: Held::default(),
        };
        mem::replace(self, left)
    }
}

impl From<Request> for http::Request<Body> {
    fn from(request: Request) -> Self {
        let Request {
            mut message,
            mut known,
            ..
        } = request;
        if known.route.is_some() && known.matched.is_none() {
            known.matched = Some(message.uri().clone());
        }
        message.extensions_mut().insert(known);
        message
    }
}

impl From<http::Request<Body>> for Request {
    fn from(mut message: http::Request<Body>) -> Self {
        let known = if message.extensions().is_empty() {
            None
        } else {
            message.extensions_mut().remove::<Known>()
        };
        Self {
            message,
            known: known.unwrap_or_default(),
            held: Held::default(),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", self.method())
            .field("uri", self.uri())
            .field("headers", self.headers())
            .field("body", self.body())
            .finish_non_exhaustive()
    }
}
