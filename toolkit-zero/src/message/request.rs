//! One request: its head, its body, and what the server knows about it.

use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Uri, Version, request};
#[cfg(feature = "tls")]
use rustls::pki_types::CertificateDer;
use tokio_util::sync::CancellationToken;

use super::place::{Kept, Place, Spare};
use super::{Body, Captures, Context, Held, Hold, Link, Peer};

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
pub struct Request(Place<Contents>);

/// What a request consists of.
#[derive(Default)]
struct Contents {
    /// Nobody has this while there is none.
    head: Option<request::Parts>,
    body: Body,
    known: Known,
    /// The body that was read into memory, if it is large.
    held: Held,
}

thread_local! {
    static SPARE: Spare<Contents> = const { Spare::new() };
}

impl Kept for Contents {
    fn spare<R>(work: impl FnOnce(&Spare<Self>) -> R) -> Option<R> {
        SPARE.try_with(work).ok()
    }

    #[inline]
    fn clear(&mut self) {
        let Self {
            head,
            body,
            known,
            held,
        } = self;
        *head = None;
        if !body.is_nothing() {
            *body = Body::empty();
        }
        known.captures.clear();
        known.matched = None;
        known.route = None;
        known.context = None;
        known.link = None;
        *held = Held::default();
    }
}

#[cold]
fn vacant() -> ! {
    unreachable!("a request has a head")
}

/// What the server knows about a request beyond its bytes.
#[derive(Clone, Default)]
struct Known {
    captures: Captures,
    /// The target that was matched, once a layer has had the request and may have changed it.
    matched: Option<Box<Uri>>,
    route: Option<Arc<RouteFacts>>,
    context: Option<Arc<Context>>,
    link: Option<Arc<dyn Link>>,
}

/// In the extensions of an answer over HTTP/2: another protocol takes over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switched;

/// What a request may ask about the route that matched it.
#[derive(Debug)]
pub(crate) struct RouteFacts {
    /// The pattern as it was written, prefixes included.
    pub(crate) pattern: Arc<str>,
    /// The names of its captures, in order.
    pub(crate) names: Vec<String>,
    /// Whether the last capture takes the remainder of the path.
    pub(crate) rest: bool,
    /// The largest body that is read into memory, where the route says so.
    pub(crate) body_limit: Option<u64>,
}

impl Request {
    /// One that has come over `link`.
    #[inline]
    pub(crate) fn arrived(head: request::Parts, body: Option<Body>, link: Arc<dyn Link>) -> Self {
        let mut place = Place::<Contents>::free();
        let contents = &mut *place;
        if let Some(body) = body {
            contents.body = body;
        }
        contents.known.link = Some(link);
        if contents.head.is_none() {
            // What is known to be nothing is not dropped, so that the head is moved once.
            contents.head = Some(head);
        }
        Self(place)
    }

    fn of(message: http::Request<Body>, known: Known) -> Self {
        let (head, body) = message.into_parts();
        let mut place = Place::<Contents>::free();
        place.head = Some(head);
        place.body = body;
        place.known = known;
        Self(place)
    }

    #[inline]
    fn parts(&self) -> &request::Parts {
        match &self.0.head {
            Some(head) => head,
            None => vacant(),
        }
    }

    #[inline]
    fn parts_mut(&mut self) -> &mut request::Parts {
        match &mut self.0.head {
            Some(head) => head,
            None => vacant(),
        }
    }

    /// Notes what it shares with the others of its server.
    pub(crate) fn enter(&mut self, context: &Arc<Context>) {
        self.0.known.context = Some(Arc::clone(context));
    }

    /// The request method.
    pub fn method(&self) -> &Method {
        &self.parts().method
    }

    /// Is routed as another method than it came with.
    pub(crate) fn becomes(&mut self, method: Method) {
        self.parts_mut().method = method;
    }

    /// The request target.
    pub fn uri(&self) -> &Uri {
        &self.parts().uri
    }

    /// The HTTP version.
    pub fn version(&self) -> Version {
        self.parts().version
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts().headers
    }

    /// The header fields, to change.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.parts_mut().headers
    }

    /// Values that layers put beside the request.
    pub fn extensions(&self) -> &Extensions {
        &self.parts().extensions
    }

    /// Values that layers put beside the request, to change.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.parts_mut().extensions
    }

    /// The address at the other end of the connection; `None` where there is no connection, as in a unit test, and for a
    /// client of a Unix socket.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.connected()?.addr()
    }

    /// Who is at the other end of the connection; `None` where there is no connection.
    pub(crate) fn connected(&self) -> Option<Peer> {
        self.0.known.link.as_ref().map(|link| link.peer())
    }

    /// The address that the client connected to; `None` where there is no connection, and for a Unix socket.
    pub fn local(&self) -> Option<SocketAddr> {
        self.0.known.link.as_ref().and_then(|link| link.local())
    }

    /// Whether it came over TLS to this server. Behind a proxy that ends TLS, the
    /// [`Scheme`](crate::extract::Scheme) is what to ask for.
    pub fn is_secure(&self) -> bool {
        self.0
            .known
            .link
            .as_ref()
            .is_some_and(|link| link.is_secure())
    }

    /// What the client has shown in its handshake.
    #[cfg(feature = "tls")]
    pub(crate) fn certificates(&self) -> Option<Arc<[CertificateDer<'static>]>> {
        self.0.known.link.as_ref()?.certificates()
    }

    /// Cancelled when the server is told to stop or to move.
    pub(crate) fn drain_signal(&self) -> Option<&CancellationToken> {
        self.0.known.link.as_ref().map(|link| link.drain_signal())
    }

    /// The connection that it came over.
    #[cfg(feature = "ws")]
    pub(crate) fn link(&self) -> Option<&Arc<dyn Link>> {
        self.0.known.link.as_ref()
    }

    /// A client that closes its side of the connection still gets the answer to this request.
    pub(crate) fn answer_all_the_same(&self) {
        if let Some(link) = &self.0.known.link {
            link.answer_all_the_same();
        }
    }

    /// Makes the drain wait for its handler, even when the client has gone.
    pub(crate) fn hold(&self) -> Option<Box<dyn Hold>> {
        self.0.known.link.as_ref()?.hold()
    }

    /// The pattern of the route that matched, as it was declared: `/users/{id}`.
    pub fn matched_path(&self) -> Option<&str> {
        self.0.known.route.as_ref().map(|route| &*route.pattern)
    }

    /// Takes the body out; what stays behind is empty.
    pub fn take_body(&mut self) -> Body {
        mem::take(&mut self.0.body)
    }

    /// The body, where it lies.
    pub fn body(&self) -> &Body {
        &self.0.body
    }

    /// The raw text of the capture at `index`, still percent-encoded.
    #[inline]
    pub(crate) fn raw_capture(&self, index: usize) -> Option<&str> {
        let known = &self.0.known;
        let matched = known.matched.as_deref().unwrap_or(self.uri());
        known.captures.raw(matched.path(), index)
    }

    /// The decoded value of the capture at `index`.
    #[inline]
    pub(crate) fn capture(&self, index: usize) -> Option<Cow<'_, str>> {
        let raw = self.raw_capture(index)?;
        // The path was decoded once to find the route, so this succeeds.
        Some(super::path::decode_segment(raw).unwrap_or(Cow::Borrowed(raw)))
    }

    pub(crate) fn route(&self) -> Option<&Arc<RouteFacts>> {
        self.0.known.route.as_ref()
    }

    pub(crate) fn context(&self) -> Option<&Arc<Context>> {
        self.0.known.context.as_ref()
    }

    pub(crate) fn captures(&self) -> &Captures {
        &self.0.known.captures
    }

    /// Notes which route serves this request.
    #[inline]
    pub(crate) fn matched(&mut self, route: Arc<RouteFacts>, captures: Captures) {
        let known = &mut self.0.known;
        known.route = Some(route);
        known.captures = captures;
        known.matched = None;
    }

    /// The largest body that extractors read into memory for this request, in bytes.
    pub(crate) fn body_limit(&self) -> u64 {
        let known = &self.0.known;
        let of_route = known.route.as_ref().and_then(|route| route.body_limit);
        let of_server = || Some(known.context.as_ref()?.body_limit);
        of_route.or_else(of_server).unwrap_or(2 * 1024 * 1024)
    }

    /// A copy without the body.
    pub(crate) fn head(&self) -> Self {
        let mut message = http::Request::new(Body::empty());
        self.method().clone_into(message.method_mut());
        self.uri().clone_into(message.uri_mut());
        *message.version_mut() = self.version();
        self.headers().clone_into(message.headers_mut());
        self.extensions().clone_into(message.extensions_mut());
        Self::of(message, self.0.known.clone())
    }

    /// What a body that is read into memory is counted in.
    pub(crate) fn holding(&mut self) -> (&mut Held, Option<&Arc<Context>>) {
        let contents = &mut *self.0;
        (&mut contents.held, contents.known.context.as_ref())
    }

    /// Takes the share of the budget out, for whoever uses the body longer than the request lives.
    pub(crate) fn take_held(&mut self) -> Held {
        mem::take(&mut self.0.held)
    }

    /// Takes the whole request out; what stays behind is empty.
    ///
    /// The target and what the server knows stay, for a refusal that names them and for the blocking pool.
    pub(crate) fn take(&mut self) -> Self {
        let mut left = http::Request::new(Body::empty());
        self.uri().clone_into(left.uri_mut());
        let left = Self::of(left, self.0.known.clone());
        mem::replace(self, left)
    }

    /// Drops the header fields; what they lay in may be taken for the answer's, which would cost two allocations.
    #[inline]
    pub(crate) fn spare_fields(&mut self) -> &mut HeaderMap {
        let fields = &mut self.parts_mut().headers;
        if fields.capacity() > Self::MOST_SPARE {
            // hyper keeps the map of an answer for the next request of the connection.
            *fields = HeaderMap::new();
        } else {
            fields.clear();
        }
        fields
    }

    /// A map for more fields than this is not kept.
    const MOST_SPARE: usize = 48;

    /// Ends it; its place is the next one's.
    #[inline]
    pub(crate) fn end(self) {
        self.0.vacate();
    }
}

impl From<Request> for http::Request<Body> {
    fn from(request: Request) -> Self {
        let Contents {
            head: Some(head),
            body,
            mut known,
            ..
        } = request.0.take()
        else {
            vacant()
        };
        if known.route.is_some() && known.matched.is_none() {
            known.matched = Some(Box::new(head.uri.clone()));
        }
        let mut message = Self::from_parts(head, body);
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
        Self::of(message, known.unwrap_or_default())
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
