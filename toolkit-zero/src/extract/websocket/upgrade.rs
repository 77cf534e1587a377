//! The wish of a client to speak WebSocket, and the answer to it.

use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use tokio::time::sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::CancellationToken;

use super::super::{FromRequest, Request};
use super::WebSocket;
use super::carrier::Carrier;
use super::halves::halves;
use super::wish;
use crate::message::{Body, Link, Switched};
use crate::reply::{IntoResponse, Problem, Response};

/// How long what speaks may still run once its drain has reached the deadline: its socket fails from then on. Less than
/// the drain waits for what it has cut.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// The wish of a client to speak WebSocket (RFC 6455); [`run`](Self::run) grants it.
///
/// Clients come over HTTP/1.1, and over HTTP/2 with an extended `CONNECT` (RFC 8441), which is routed as the `GET` that it
/// stands for. One route answers both.
///
/// A message may have as many bytes as a body of the route: see `body_limit`. When the server drains, the client is told to
/// close (1001), and [`WebSocket::receive`] ends.
///
/// ```
/// use std::time::Duration;
/// use toolkit_zero::prelude::*;
///
/// #[get("/echo")]
/// async fn echo(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.keep_alive(Duration::from_secs(30)).run(|mut socket| async move {
///         while let Ok(Some(message)) = socket.receive().await {
///             if socket.send(message).await.is_err() {
///                 break;
///             }
///         }
///     })
/// }
/// # fn main() {}
/// ```
///
/// # Pages of other origins
/// A browser lets *any* page open a WebSocket to any server: neither the same-origin policy nor CORS applies, and the cookies
/// of that server are sent along. A page of somebody else that your user happens to visit could thus speak to your server as
/// that user, and read what it says (cross-site WebSocket hijacking). All that tells such a page apart is the field `Origin`,
/// which browsers send and pages cannot change. So a page of another origin than the host that was asked is refused with 403,
/// unless [`allowed_origins`](Self::allowed_origins) names it. Clients that are no browsers send no `Origin`, hold no
/// cookies of a user, and are let in.
///
/// Behind a proxy that changes `Host`, name the origin of your pages: it cannot be guessed.
///
/// # Refusals
/// 426 for a request that wishes something else (400 over HTTP/2), 400 for a malformed one, 403 for a page of another origin.
#[must_use = "a WebSocket is spoken once it is granted: `upgrade.run(..)`"]
pub struct WebSocketUpgrade {
    socket: OnUpgrade,
    /// What proves that we understood; nothing over HTTP/2.
    accept: Option<String>,
    origin: Option<HeaderValue>,
    same_origin: bool,
    origins: Option<Vec<String>>,
    offered: Vec<String>,
    protocol: Option<String>,
    limit: u64,
    keep_alive: Option<Duration>,
    link: Option<Arc<dyn Link>>,
}

#[diagnostic::do_not_recommend]
impl FromRequest for WebSocketUpgrade {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let accept = wish::accept_key(request)?;
        let same_origin = wish::is_of_the_same_origin(request);
        let Some(socket) = request.extensions_mut().remove::<OnUpgrade>() else {
            return Err(Problem::internal(
                "this connection cannot be upgraded, or was already",
            ));
        };
        Ok(Self {
            socket,
            accept,
            origin: request.headers().get(ORIGIN).cloned(),
            same_origin,
            origins: None,
            offered: wish::offered(request.headers()),
            protocol: None,
            limit: request.body_limit(),
            keep_alive: None,
            link: request.link().cloned(),
        })
    }
}

impl WebSocketUpgrade {
    /// Takes clients of these origins (`https://app.example.org`), and no others, beside those that send none.
    ///
    /// ```
    /// # use toolkit_zero::prelude::*;
    /// #[get("/updates")]
    /// async fn updates(upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.allowed_origins(["https://app.example.org"]).run(|mut socket| async move {
    ///         let _gone = socket.send("nothing new").await;
    ///     })
    /// }
    /// # fn main() {}
    /// ```
    pub fn allowed_origins<O: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Self {
        self.origins = Some(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Speaks the first of the client's subprotocols that is one of these.
    pub fn protocols<'p>(mut self, known: impl IntoIterator<Item = &'p str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let mut offered = self.offered.iter();
        self.protocol = offered.find(|name| known.contains(&name.as_str())).cloned();
        self
    }

    /// The subprotocol that will be spoken.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The largest message that is taken, in bytes, instead of the body limit of the route.
    pub fn max_message(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Pings a client that was silent for so long, and takes one for gone that is silent for as long again: receiving from it
    /// is an error then. Zero means never, which is the default: then a client whose network is gone is noticed when it is
    /// written to, or not at all.
    pub fn keep_alive(mut self, every: Duration) -> Self {
        self.keep_alive = Some(every).filter(|every| !every.is_zero());
        self
    }

    /// Grants the wish: the answer is 101 (200 over HTTP/2), and `speak` runs in a task of its own with the socket.
    ///
    /// When a drain reaches its deadline, the socket fails, and `speak` is dropped a quarter of a second later if it has
    /// not returned.
    pub fn run<F, Fu>(self, speak: F) -> Response
    where
        F: FnOnce(WebSocket) -> Fu + Send + 'static,
        Fu: Future<Output = ()> + Send + 'static,
    {
        if !self.comes_from_an_allowed_page() {
            return Problem::forbidden()
                .detail("a page of this origin may not open a WebSocket here")
                .into_response();
        }
        let mut response = match granted(self.accept.as_deref()) {
            Ok(response) => response,
            Err(error) => return Problem::internal(error).into_response(),
        };
        let protocol = self.protocol.as_deref().map(HeaderValue::try_from);
        if let Some(Ok(protocol)) = protocol {
            let headers = response.headers_mut();
            headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let config = WebSocketConfig::default()
            .max_message_size(Some(limit))
            .max_frame_size(Some(limit));
        let draining = self.link.as_ref().map(|link| link.drain_signal().clone());
        let cut = self
            .link
            .as_ref()
            .and_then(|link| link.cut_signal().cloned());
        // Before the answer ends, and with it what the stream counted as until now.
        let stream = self.link.and_then(Link::tunnel);
        let (socket, keep_alive) = (self.socket, self.keep_alive);
        drop(tokio::spawn(async move {
            match socket.await {
                Ok(upgraded) => {
                    let carrier = Carrier::new(upgraded, stream);
                    let stream =
                        WebSocketStream::from_raw_socket(carrier, Role::Server, Some(config)).await;
                    let speaking = speak(WebSocket::new(halves(stream, draining, keep_alive)));
                    tokio::select! {
                        biased;
                        () = speaking => {}
                        () = given_up(cut) => tracing::debug!("a WebSocket was cut by a drain"),
                    }
                }
                Err(error) => tracing::debug!(%error, "a client did not switch to WebSocket"),
            }
        }));
        response
    }

    fn comes_from_an_allowed_page(&self) -> bool {
        match (&self.origins, &self.origin) {
            (_, None) => true,
            (None, Some(_)) => self.same_origin,
            (Some(origins), Some(origin)) => origins
                .iter()
                .any(|allowed| origin.as_bytes().eq_ignore_ascii_case(allowed.as_bytes())),
        }
    }
}

/// Returns when a drain has reached its deadline, and who uses the socket has had time to hear of it.
async fn given_up(cut: Option<CancellationToken>) {
    match cut {
        Some(cut) => {
            cut.cancelled().await;
            sleep(LAST_WORDS).await;
        }
        None => pending().await,
    }
}

fn granted(accept: Option<&str>) -> Result<Response, http::Error> {
    let mut response = Response::new(Body::empty());
    let Some(accept) = accept else {
        response.extensions_mut().insert(Switched);
        return Ok(response);
    };
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::try_from(accept)?);
    Ok(response)
}

impl fmt::Debug for WebSocketUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketUpgrade")
            .field("origin", &self.origin)
            .field("offered", &self.offered)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}
