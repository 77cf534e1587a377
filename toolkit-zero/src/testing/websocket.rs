//! A WebSocket that a test speaks.

use std::fmt::{self, Debug};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{
    CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Uri};
use serde::Serialize;
use serde_json::Value;
use tokio::io::DuplexStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::{TestAnswer, diff};
use crate::extract::Message;
use crate::message::Body;

/// A WebSocket that a test speaks; [`TestRequest::websocket`](super::TestRequest::websocket) opens it. Dropped, it is a client
/// that goes away without closing.
pub struct TestWebSocket {
    frames: WebSocketStream<DuplexStream>,
    headers: HeaderMap,
    closed: Option<(u16, String)>,
}

impl TestWebSocket {
    #[expect(clippy::panic, reason = "an assertion")]
    pub(super) async fn open(
        stream: DuplexStream,
        request: http::Request<Body>,
    ) -> Result<Self, TestAnswer> {
        let asked = format!("{} {}", request.method(), request.uri());
        match tokio_tungstenite::client_async(wish(request), stream).await {
            Ok((frames, answer)) => Ok(Self {
                frames,
                headers: answer.into_parts().0.headers,
                closed: None,
            }),
            Err(Error::Http(answer)) => {
                let (head, body) = answer.into_parts();
                let body = Bytes::from(body.unwrap_or_default());
                Err(TestAnswer::whole(asked, head, body))
            }
            Err(error) => panic!("{asked} opens no WebSocket: {error}"),
        }
    }

    /// The header fields of the answer that opened it.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The subprotocol that the server chose.
    pub fn protocol(&self) -> Option<&str> {
        self.headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()
    }

    /// Sends a message.
    ///
    /// # Panics
    /// The server has gone away.
    pub async fn send(&mut self, message: impl Into<Message>) {
        let frame = match message.into() {
            Message::Text(text) => Frame::text(text),
            Message::Binary(bytes) => Frame::binary(bytes),
        };
        self.put(frame).await;
    }

    /// Sends a value as JSON, in a message of text.
    ///
    /// # Panics
    /// It cannot be written as JSON, or the server has gone away.
    #[expect(clippy::panic, reason = "a test is told what it wrote wrong")]
    pub async fn send_json(&mut self, value: &(impl Serialize + ?Sized)) {
        match serde_json::to_string(value) {
            Ok(json) => self.send(json).await,
            Err(error) => panic!("the message cannot be written as JSON: {error}"),
        }
    }

    /// Closes it with a code of RFC 6455 section 7.4; read on to see the server's answer.
    ///
    /// # Panics
    /// The server has gone away.
    pub async fn close(&mut self, code: u16, reason: &str) {
        let (code, reason) = (code.into(), reason.into());
        self.put(Frame::Close(Some(CloseFrame { code, reason })))
            .await;
    }

    #[expect(clippy::panic, reason = "an assertion")]
    async fn put(&mut self, frame: Frame) {
        if let Err(error) = self.frames.send(frame).await {
            panic!("nobody takes the message: {error}");
        }
    }

    /// The next message; `None` once it is closed. Pings are answered.
    ///
    /// # Panics
    /// The server goes away without closing.
    ///
    /// # Cancel safety
    /// No message is lost.
    #[expect(clippy::panic, reason = "an assertion")]
    pub async fn receive(&mut self) -> Option<Message> {
        loop {
            match self.frames.next().await {
                Some(Ok(Frame::Text(text))) => return Some(Message::Text(text.to_string())),
                Some(Ok(Frame::Binary(bytes))) => return Some(Message::Binary(bytes)),
                Some(Ok(Frame::Close(close))) => {
                    let close = close.map(|close| (close.code.into(), close.reason.to_string()));
                    self.closed = self.closed.take().or(close).or(Some((1005, String::new())));
                }
                Some(Ok(_)) => {}
                None => return None,
                Some(Err(_)) if self.closed.is_some() => return None,
                Some(Err(error)) => panic!("the server closes nothing, but: {error}"),
            }
        }
    }

    /// The next message is this text.
    ///
    /// # Panics
    /// It is something else, or the server closes.
    pub async fn assert_text(&mut self, expected: &str) {
        let text = self.text().await;
        assert!(
            text == expected,
            "the message is not the text that was expected:\n{}",
            diff::text(expected, &text).join("\n")
        );
    }

    /// The next message is this value as JSON, whatever the order of its members.
    ///
    /// # Panics
    /// It is something else, or the server closes; every place that differs is listed by its JSON pointer.
    #[expect(clippy::panic, reason = "an assertion")]
    pub async fn assert_json(&mut self, expected: &(impl Serialize + ?Sized)) {
        let text = self.text().await;
        let (expected, found) = match (
            serde_json::to_value(expected),
            serde_json::from_str::<Value>(&text),
        ) {
            (Ok(expected), Ok(found)) => (expected, found),
            (Err(error), _) => panic!("what is expected cannot be written as JSON: {error}"),
            (_, Err(error)) => panic!("the message is no JSON: {error}\n  {text:?}"),
        };
        let differences = diff::json(&expected, &found);
        assert!(
            differences.is_empty(),
            "the message is not the JSON that was expected:\n{}\n  {text}",
            differences.join("\n")
        );
    }

    #[expect(clippy::panic, reason = "an assertion")]
    async fn text(&mut self) -> String {
        match self.receive().await {
            Some(Message::Text(text)) => text,
            Some(other) => panic!("the next message is no text, but {other:?}"),
            None => panic!("there is no message: closed with {:?}", self.closed),
        }
    }

    /// There is no further message: the server closes, with this code (1005 for none).
    ///
    /// # Panics
    /// There is a message, or the code is another.
    pub async fn assert_closed(&mut self, code: u16) {
        let message = self.receive().await;
        assert!(message.is_none(), "not closed, but told {message:?}");
        let found = self.closed.as_ref().map(|(code, _)| *code);
        assert!(
            found == Some(code),
            "closed with {:?}, not {code}",
            self.closed
        );
    }

    /// The code and the reason that the server closed with, once [`receive`](Self::receive) has told `None`.
    pub fn closed(&self) -> Option<(u16, &str)> {
        let (code, reason) = self.closed.as_ref()?;
        Some((*code, reason))
    }
}

/// The request, as a wish to speak WebSocket (RFC 6455 section 4.1). Fields that the test has set stay.
fn wish(request: http::Request<Body>) -> http::Request<()> {
    let (mut head, _) = request.into_parts();
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let uri = format!("ws://test{target}").parse::<Uri>();
    head.uri = uri.unwrap_or(head.uri);
    let key = HeaderValue::try_from(generate_key());
    let key = key.unwrap_or(HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ=="));
    for (name, value) in [
        (CONNECTION, HeaderValue::from_static("Upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
        (SEC_WEBSOCKET_KEY, key),
    ] {
        head.headers.entry(name).or_insert(value);
    }
    http::Request::from_parts(head, ())
}

impl Debug for TestWebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestWebSocket")
            .field("headers", &self.headers)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}
