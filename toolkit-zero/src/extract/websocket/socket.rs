//! A WebSocket that is open.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;

use super::{WebSocketReceiver, WebSocketSender};

/// A WebSocket that is open. Pings are answered while it is read; dropped, it is closed without a word.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// /// Doubles numbers, and says why it stops.
/// #[get("/double")]
/// async fn double(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.run(|mut socket: WebSocket| async move {
///         while let Ok(Some(Message::Text(text))) = socket.receive().await {
///             let Ok(number) = text.parse::<u32>() else {
///                 let _gone = socket.close(4000, "that is no number").await;
///                 return;
///             };
///             if socket.send((u64::from(number) * 2).to_string()).await.is_err() {
///                 return;
///             }
///         }
///     })
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct WebSocket {
    sender: WebSocketSender,
    receiver: WebSocketReceiver,
}

/// One message.
///
/// ```
/// use toolkit_zero::extract::Message;
///
/// assert_eq!(Message::from("hi"), Message::Text("hi".to_owned()));
/// ```
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

impl SocketError {
    pub(super) fn new(error: Error) -> Self {
        Self(error)
    }
}

impl WebSocket {
    /// How long [`close`](Self::close) waits for the client.
    const CLOSING: Duration = Duration::from_secs(10);

    pub(super) fn new((sender, receiver): (WebSocketSender, WebSocketReceiver)) -> Self {
        Self { sender, receiver }
    }

    /// The next message; `None` once it is closed, by the client or because the server drains.
    ///
    /// # Errors
    /// The client went away, was silent for too long, or broke the protocol (it is told with 1002 or 1007) or the limit of a
    /// message (1009).
    ///
    /// # Cancel safety
    /// No message is lost.
    pub async fn receive(&mut self) -> Result<Option<Message>, SocketError> {
        self.receiver.receive().await
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The client is gone, or the socket is closed.
    pub async fn send(&mut self, message: impl Into<Message> + Send) -> Result<(), SocketError> {
        self.sender.send(message).await
    }

    /// The two directions, for tasks of their own.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    /// use tokio::sync::broadcast;
    ///
    /// /// What one client says all hear.
    /// #[get("/chat")]
    /// async fn chat(upgrade: WebSocketUpgrade, State(room): State<broadcast::Sender<String>>) -> Response {
    ///     upgrade.run(|socket| async move {
    ///         let (sender, mut receiver) = socket.split();
    ///         let mut heard = room.subscribe();
    ///         let tell = tokio::spawn(async move {
    ///             while let Ok(text) = heard.recv().await {
    ///                 if sender.send(text).await.is_err() {
    ///                     break;
    ///                 }
    ///             }
    ///         });
    ///         while let Ok(Some(Message::Text(text))) = receiver.receive().await {
    ///             let _nobody_else = room.send(text);
    ///         }
    ///         tell.abort();
    ///     })
    /// }
    /// # fn main() {}
    /// ```
    pub fn split(self) -> (WebSocketSender, WebSocketReceiver) {
        (self.sender, self.receiver)
    }

    /// The code that the client closed with (RFC 6455 section 7.4); 1005 if it gave none, `None` as long as it has not closed.
    pub fn close_code(&self) -> Option<u16> {
        self.receiver.close_code()
    }

    /// The reason that the client gave with it.
    pub fn close_reason(&self) -> &str {
        self.receiver.close_reason()
    }

    /// Closes the socket with a code of RFC 6455 section 7.4 and a reason of at most 123 bytes, and waits until the client has
    /// closed it too, at most ten seconds.
    ///
    /// # Errors
    /// The client went away first.
    pub async fn close(mut self, code: u16, reason: &str) -> Result<(), SocketError> {
        let closed = async {
            self.sender.close(code, reason).await?;
            while self.receiver.receive().await?.is_some() {}
            Ok(())
        };
        let waited = timeout(Self::CLOSING, closed).await;
        waited.unwrap_or_else(|_| {
            let error = std::io::Error::from(std::io::ErrorKind::TimedOut);
            Err(SocketError(Error::Io(error)))
        })
    }
}
