//! A WebSocket that is open.

use std::fmt;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_util::sync::CancellationToken;

/// A WebSocket that is open. Pings are answered while it is read; dropped, it is closed without a word.
pub struct WebSocket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    draining: Option<CancellationToken>,
    closing: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

/// Why a WebSocket ended: the client went away without closing it, or broke the protocol or a limit.
#[derive(Debug, thiserror::Error)]
#[error("the WebSocket ended: {0}")]
pub struct SocketError(#[source] Error);

impl WebSocket {
    pub(super) fn new(
        stream: WebSocketStream<TokioIo<Upgraded>>,
        draining: Option<CancellationToken>,
    ) -> Self {
        Self {
            stream,
            draining,
            closing: false,
        }
    }

    /// The next message; `None` once it is closed, by the client or because the server drains.
    ///
    /// # Errors
    /// The client went away, or broke the protocol (it is told with 1002 or 1007) or the limit of a message (1009).
    ///
    /// # Cancel safety
    /// No message is lost.
    pub async fn receive(&mut self) -> Result<Option<Message>, SocketError> {
        loop {
            let draining = self.draining.clone().filter(|_| !self.closing);
            let told = async {
                match draining {
                    Some(draining) => draining.cancelled().await,
                    None => std::future::pending().await,
                }
            };
            let frame = tokio::select! {
                frame = self.stream.next() => frame,
                () = told => {
                    self.say(CloseCode::Away, "the server stops or moves").await;
                    continue;
                }
            };
            match frame {
                Some(Ok(Frame::Text(text))) => return Ok(Some(Message::Text(text.to_string()))),
                Some(Ok(Frame::Binary(bytes))) => return Ok(Some(Message::Binary(bytes))),
                // Answered by the library while it is read.
                Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) | Frame::Frame(_))) => {}
                None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => {
                    return Ok(None);
                }
                Some(Err(error)) => return Err(self.broken(error).await),
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The client is gone, or the socket is closed.
    pub async fn send(&mut self, message: impl Into<Message> + Send) -> Result<(), SocketError> {
        let frame = match message.into() {
            Message::Text(text) => Frame::text(text),
            Message::Binary(bytes) => Frame::binary(bytes),
        };
        self.stream.send(frame).await.map_err(SocketError)
    }

    /// Closes the socket with a code of RFC 6455 section 7.4 and a reason of at most 123 bytes, and waits until the client has
    /// closed it too.
    ///
    /// # Errors
    /// The client went away first.
    pub async fn close(mut self, code: u16, reason: &str) -> Result<(), SocketError> {
        self.say(CloseCode::from(code), reason).await;
        while self.receive().await?.is_some() {}
        Ok(())
    }

    async fn say(&mut self, code: CloseCode, reason: &str) {
        self.closing = true;
        let reason = reason.into();
        // Where it cannot be said, the next read tells why.
        let _gone = self.stream.close(Some(CloseFrame { code, reason })).await;
    }

    #[cold]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "after the others nobody listens"
    )]
    async fn broken(&mut self, error: Error) -> SocketError {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "of the others the client cannot be told"
        )]
        let code = match &error {
            Error::Capacity(_) => Some(CloseCode::Size),
            Error::Utf8(_) => Some(CloseCode::Invalid),
            Error::Protocol(_) => Some(CloseCode::Protocol),
            _ => None,
        };
        if let Some(code) = code {
            self.say(code, "").await;
        }
        SocketError(error)
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebSocket")
    }
}
