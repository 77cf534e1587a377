//! A request that a test is writing.

use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderName, HeaderValue, Method, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{TestAnswer, TestClient, TestStream};
use crate::message::{Body, Response};

/// A request that a test is writing; [`send`](Self::send) asks the server.
#[derive(Debug)]
#[must_use = "a request is asked once it is sent: `.send().await`"]
pub struct TestRequest {
    client: TestClient,
    message: http::Request<Body>,
    peer: SocketAddr,
}

impl TestRequest {
    #[track_caller]
    #[expect(clippy::panic, reason = "a test is told what it wrote wrong")]
    pub(super) fn new(client: TestClient, method: Method, target: &str) -> Self {
        let uri = match target.parse::<Uri>() {
            Ok(uri) if target.starts_with('/') || target == "*" => uri,
            Ok(_) => panic!("`{target}` is no path; write `/{target}`"),
            Err(error) => panic!("`{target}` is no path of a URI: {error}"),
        };
        let mut message = http::Request::new(Body::empty());
        *message.method_mut() = method;
        *message.uri_mut() = uri;
        message
            .headers_mut()
            .insert(HOST, HeaderValue::from_static("test"));
        Self {
            client,
            message,
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
        }
    }

    /// Adds a header field; `host` and `content-type` are replaced.
    ///
    /// # Panics
    /// HTTP cannot carry the name or the value.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test is told what it wrote wrong")]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value))
        else {
            panic!("`{name}: {}` is no header field", value.escape_ascii());
        };
        let headers = self.message.headers_mut();
        if name == HOST || name == CONTENT_TYPE {
            headers.insert(name, value);
        } else {
            headers.append(name, value);
        }
        self
    }

    /// Sends a cookie.
    ///
    /// # Panics
    /// HTTP cannot carry it.
    #[track_caller]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        let before = self.message.headers().get(COOKIE);
        let cookie = match before.and_then(|before| before.to_str().ok()) {
            Some(before) => format!("{before}; {name}={value}"),
            None => format!("{name}={value}"),
        };
        let mut request = self;
        request.message.headers_mut().remove(COOKIE);
        request.header(COOKIE.as_str(), cookie)
    }

    /// Adds a query parameter, percent-encoded.
    ///
    /// # Panics
    /// The address becomes longer than a URI may be.
    #[expect(clippy::expect_used, reason = "an encoded query is a query")]
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        let uri = self.message.uri();
        let (path, query) = (uri.path(), uri.query());
        let pair = pair(name, &value.to_string());
        let target = match query {
            Some(query) => format!("{path}?{query}&{pair}"),
            None => format!("{path}?{pair}"),
        };
        *self.message.uri_mut() = target.parse().expect("an encoded query is a query");
        self
    }

    /// The body, as it is. A body from memory has its length told.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        let body = body.into();
        if let Some(length) = http_body::Body::size_hint(&body).exact() {
            self.message
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        *self.message.body_mut() = body;
        self
    }

    /// The body, as JSON.
    ///
    /// # Panics
    /// The value cannot be serialised.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test is told what it wrote wrong")]
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.header("content-type", "application/json").body(json),
            Err(error) => panic!("the body cannot be written as JSON: {error}"),
        }
    }

    /// The body, as a posted form.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(name, value)| pair(name.as_ref(), value.as_ref()))
            .collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(fields.join("&"))
    }

    /// The address it comes from, `127.0.0.1:1` otherwise.
    pub fn from(mut self, peer: SocketAddr) -> Self {
        self.peer = peer;
        self
    }

    /// Asks the server, and reads the whole answer.
    pub async fn send(self) -> TestAnswer {
        let asked = format!("{} {}", self.message.method(), self.message.uri());
        TestAnswer::read(asked, self.answer().await).await
    }

    /// Opens a WebSocket, through the whole server and a connection in memory.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    /// use toolkit_zero::testing::TestClient;
    ///
    /// #[get("/echo")]
    /// async fn echo(upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.run(|mut socket| async move {
    ///         while let Ok(Some(message)) = socket.receive().await {
    ///             let _gone = socket.send(message).await;
    ///         }
    ///     })
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(Server::of([route!(echo)]));
    /// let mut socket = client.get("/echo").websocket().await;
    /// socket.send("hi").await;
    /// socket.assert_text("hi").await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// The server refuses; the message shows its answer.
    #[cfg(feature = "ws")]
    #[expect(clippy::panic, reason = "an assertion")]
    pub async fn websocket(self) -> super::TestWebSocket {
        match self.try_websocket().await {
            Ok(socket) => socket,
            Err(answer) => panic!("the server opens no WebSocket\n{answer:?}"),
        }
    }

    /// As [`websocket`](Self::websocket), with a refusal as a value.
    ///
    /// # Errors
    /// The answer that refuses. Of a body of many pieces only the first is kept.
    ///
    /// # Panics
    /// The server closes the connection, or breaks the protocol.
    #[cfg(feature = "ws")]
    pub async fn try_websocket(self) -> Result<super::TestWebSocket, TestAnswer> {
        let stream = self.client.connect(self.peer).await;
        super::TestWebSocket::open(stream, self.message).await
    }

    /// Asks the server, and leaves the body to be read piece by piece, or event by event.
    pub async fn stream(self) -> TestStream {
        TestStream::new(self.answer().await)
    }

    async fn answer(self) -> Response {
        self.client.answer(self.message, self.peer).await
    }
}

fn pair(name: &str, value: &str) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    format!("{}={}", encode(name), encode(value))
}
