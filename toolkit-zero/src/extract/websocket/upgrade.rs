//! The wish of a client to speak WebSocket, and the answer to it.

use http::header::{
    CONNECTION, HOST, HeaderName, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::CancellationToken;

use super::super::{FromRequest, Request};
use super::WebSocket;
use crate::message::Body;
use crate::reply::{InputError, IntoResponse, Problem, Response};

/// The wish of a client to speak WebSocket (RFC 6455); [`run`](Self::run) grants it.
///
/// A browser lets any page open a WebSocket to any server, and sends the cookies of that server along: a page of somebody
/// else could speak for your user (cross-site WebSocket hijacking). So a page of another origin than the server's own is
/// refused with 403, unless [`allowed_origins`](Self::allowed_origins) names it. Clients that are no browsers send no `Origin`.
///
/// A message may have as many bytes as a body of the route: see `body_limit`. When the server drains, the client is told to
/// close (1001), and [`WebSocket::receive`] ends.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/echo")]
/// async fn echo(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.run(|mut socket: WebSocket| async move {
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
/// # Refusals
/// 426 for a request that wishes something else, 400 for a malformed one, 403 for a page of another origin. WebSockets over
/// HTTP/2 (RFC 8441) are not spoken; browsers use HTTP/1.1 then.
#[derive(Debug)]
#[must_use = "a WebSocket is spoken once it is granted: `upgrade.run(..)`"]
pub struct WebSocketUpgrade {
    socket: OnUpgrade,
    accept: String,
    origin: Option<HeaderValue>,
    same_origin: bool,
    origins: Option<Vec<String>>,
    offered: Vec<String>,
    protocol: Option<String>,
    limit: u64,
    draining: Option<CancellationToken>,
}

#[diagnostic::do_not_recommend]
impl FromRequest for WebSocketUpgrade {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let headers = request.headers();
        if *request.method() != Method::GET
            || request.version() != Version::HTTP_11
            || !lists(headers, &CONNECTION, "upgrade")
            || !lists(headers, &UPGRADE, "websocket")
        {
            return Err(required("this address speaks WebSocket, over HTTP/1.1"));
        }
        let version = headers.get(SEC_WEBSOCKET_VERSION);
        if version.is_none_or(|version| version != "13") {
            return Err(required("the only version of WebSocket is 13")
                .header("sec-websocket-version", "13"));
        }
        let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
        let Some(key) = key.filter(|key| is_key(key)) else {
            let name = SEC_WEBSOCKET_KEY.as_str();
            return Err(Problem::bad_request()
                .detail(format!("the header field `{name}` is not valid"))
                .error(InputError::at_parameter(
                    name,
                    "it is not 16 bytes in base64",
                )));
        };
        let accept = derive_accept_key(key);
        let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
        let offered = offered
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(',').map(|name| name.trim().to_owned()))
            .collect();
        let origin = headers.get(ORIGIN).cloned();
        let same_origin = origin
            .as_ref()
            .is_none_or(|origin| is_of(origin, headers.get(HOST)));
        let limit = request.body_limit();
        let draining = request.drain_signal().cloned();
        let Some(socket) = request.extensions_mut().remove::<OnUpgrade>() else {
            return Err(Problem::internal(
                "this connection cannot be upgraded, or was already",
            ));
        };
        Ok(Self {
            socket,
            accept,
            origin,
            same_origin,
            origins: None,
            offered,
            protocol: None,
            limit,
            draining,
        })
    }
}

impl WebSocketUpgrade {
    /// Takes clients of these origins (`https://app.example.org`), and no others, beside those that send none.
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

    /// Grants the wish: the answer is 101, and `speak` runs in a task of its own with the socket.
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
        let protocol = self.protocol.as_deref().map(HeaderValue::try_from);
        let Ok(accept) = HeaderValue::try_from(self.accept) else {
            return Problem::internal("the key of a WebSocket cannot be answered").into_response();
        };
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let config = WebSocketConfig::default()
            .max_message_size(Some(limit))
            .max_frame_size(Some(limit));
        let (socket, draining) = (self.socket, self.draining);
        drop(tokio::spawn(async move {
            match socket.await {
                Ok(upgraded) => {
                    let io = TokioIo::new(upgraded);
                    let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config));
                    speak(WebSocket::new(stream.await, draining)).await;
                }
                Err(error) => tracing::debug!(%error, "a client did not switch to WebSocket"),
            }
        }));
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        if let Some(Ok(protocol)) = protocol {
            headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
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

/// Whether a comma-separated field has this element.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let lines = headers.get_all(name).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|element| element.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
}

/// 16 bytes in base64 (RFC 6455 section 4.1).
fn is_key(key: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.len() == 24 && key.ends_with(b"==") && key[..22].iter().all(letter)
}

/// Whether an origin names the host that was asked.
fn is_of(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.parse::<Uri>().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    match (authority, host) {
        (Some(authority), Some(host)) => host
            .as_bytes()
            .eq_ignore_ascii_case(authority.as_str().as_bytes()),
        _ => false,
    }
}

#[cold]
fn required(detail: &str) -> Problem {
    Problem::new(StatusCode::UPGRADE_REQUIRED)
        .detail(detail)
        .header("upgrade", "websocket")
        .header("connection", "upgrade")
}
