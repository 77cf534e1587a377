//! The two directions of a WebSocket, each for a task of its own.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_util::sync::CancellationToken;

use super::carrier::Carrier;
use super::{Message, SocketError};

/// How long a client that broke the protocol is waited for to take the reason.
const BREAKING: Duration = Duration::from_secs(1);

/// Sends messages: one half of a [`WebSocket`](super::WebSocket) that was [split](super::WebSocket::split). A clone sends to
/// the same client.
#[derive(Clone)]
pub struct WebSocketSender(Arc<Mutex<SplitSink<WebSocketStream<Carrier>, Frame>>>);

impl WebSocketSender {
    /// Sends a message.
    ///
    /// # Errors
    /// The client is gone, or the socket is closed.
    ///
    /// # Cancel safety
    /// The message is sent whole, later, or not at all.
    pub async fn send(&self, message: impl Into<Message> + Send) -> Result<(), SocketError> {
        let frame = match message.into() {
            Message::Text(text) => Frame::text(text),
            Message::Binary(bytes) => Frame::binary(bytes),
        };
        self.put(frame).await.map_err(SocketError::new)
    }

    /// Tells the client to close, with a code of RFC 6455 section 7.4 and a reason of at most 123 bytes. The receiver ends when
    /// the client has.
    ///
    /// # Errors
    /// The client is gone, or the socket is closed.
    pub async fn close(&self, code: u16, reason: &str) -> Result<(), SocketError> {
        let told = self.say(CloseCode::from(code), reason).await;
        told.map_err(SocketError::new)
    }

    pub(super) async fn say(&self, code: CloseCode, reason: &str) -> Result<(), Error> {
        let reason = reason.into();
        self.put(Frame::Close(Some(CloseFrame { code, reason })))
            .await
    }

    async fn put(&self, frame: Frame) -> Result<(), Error> {
        self.0.lock().await.send(frame).await
    }
}

impl fmt::Debug for WebSocketSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebSocketSender")
    }
}

/// Receives messages: one half of a [`WebSocket`](super::WebSocket) that was [split](super::WebSocket::split). Pings are
/// answered, and a drain of the server is told to the client, while it is read.
pub struct WebSocketReceiver {
    frames: SplitStream<WebSocketStream<Carrier>>,
    sender: WebSocketSender,
    /// Cancelled when the server drains; `None` once the client was told.
    draining: Option<CancellationToken>,
    keep_alive: Option<KeepAlive>,
    closed: Option<(u16, String)>,
}

/// How long the client may be silent before it is pinged, and after that before it is gone.
#[derive(Clone, Copy, Debug)]
struct KeepAlive {
    every: Duration,
    until: Instant,
    pinged: bool,
}

impl WebSocketReceiver {
    /// The next message; `None` once it is closed, by the client or because the server drains.
    ///
    /// # Errors
    /// The client went away, was silent for too long, or broke the protocol (it is told with 1002 or 1007) or the limit of a
    /// message (1009).
    ///
    /// # Cancel safety
    /// No message is lost.
    pub async fn receive(&mut self) -> Result<Option<Message>, SocketError> {
        loop {
            let frame = tokio::select! {
                frame = self.frames.next() => frame,
                () = cancelled(self.draining.as_ref()) => {
                    self.tell_of_the_drain();
                    continue;
                }
                () = silence(self.keep_alive.as_ref()) => {
                    self.ping()?;
                    continue;
                }
            };
            if let Some(alive) = &mut self.keep_alive {
                alive.until = Instant::now() + alive.every;
                alive.pinged = false;
            }
            match frame {
                Some(Ok(Frame::Text(text))) => return Ok(Some(Message::Text(text.to_string()))),
                Some(Ok(Frame::Binary(bytes))) => return Ok(Some(Message::Binary(bytes))),
                Some(Ok(Frame::Close(close))) => self.note(close.as_ref()),
                // Answered by the library while it is read.
                Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => {}
                None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => {
                    return Ok(None);
                }
                Some(Err(error)) => return Err(self.broken(error).await),
            }
        }
    }

    /// The code that the client closed with; 1005 if it gave none, `None` as long as it has not closed.
    pub fn close_code(&self) -> Option<u16> {
        self.closed.as_ref().map(|(code, _)| *code)
    }

    /// The reason that the client gave with it.
    pub fn close_reason(&self) -> &str {
        self.closed.as_ref().map_or("", |(_, reason)| reason)
    }

    fn note(&mut self, close: Option<&CloseFrame>) {
        self.closed = Some(match close {
            Some(close) => (close.code.into(), close.reason.to_string()),
            None => (CloseCode::Status.into(), String::new()),
        });
    }

    /// In a task of its own: a client that is slow to take it may still send.
    fn tell_of_the_drain(&mut self) {
        self.draining = None;
        let sender = self.sender.clone();
        drop(tokio::spawn(async move {
            // Where it cannot be said, the next read tells why.
            let _gone = sender
                .say(CloseCode::Away, "the server stops or moves")
                .await;
        }));
    }

    fn ping(&mut self) -> Result<(), SocketError> {
        let Some(alive) = &mut self.keep_alive else {
            return Ok(());
        };
        if alive.pinged {
            let error = std::io::Error::new(ErrorKind::TimedOut, "no answer to a ping");
            return Err(SocketError::new(Error::Io(error)));
        }
        alive.pinged = true;
        alive.until = Instant::now() + alive.every;
        let sender = self.sender.clone();
        drop(tokio::spawn(async move {
            let _gone = sender.put(Frame::Ping(bytes::Bytes::new())).await;
        }));
        Ok(())
    }

    #[cold]
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
            let _told = timeout(BREAKING, self.sender.say(code, "")).await;
        }
        SocketError::new(error)
    }
}

async fn cancelled(signal: Option<&CancellationToken>) {
    match signal {
        Some(signal) => signal.cancelled().await,
        None => std::future::pending().await,
    }
}

async fn silence(alive: Option<&KeepAlive>) {
    match alive {
        Some(alive) => sleep_until(alive.until).await,
        None => std::future::pending().await,
    }
}

impl fmt::Debug for WebSocketReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebSocketReceiver")
    }
}

/// The halves of an open socket.
pub(super) fn halves(
    stream: WebSocketStream<Carrier>,
    draining: Option<CancellationToken>,
    keep_alive: Option<Duration>,
) -> (WebSocketSender, WebSocketReceiver) {
    let (sink, frames) = stream.split();
    let sender = WebSocketSender(Arc::new(Mutex::new(sink)));
    let keep_alive = keep_alive.map(|every| KeepAlive {
        every,
        until: Instant::now() + every,
        pinged: false,
    });
    let receiver = WebSocketReceiver {
        frames,
        sender: sender.clone(),
        draining,
        keep_alive,
        closed: None,
    };
    (sender, receiver)
}
