//! What hyper reads and writes: a socket, with TLS on it or without.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::Stream;
use super::tls::{Agreed, Refusal, Sent, Session};

/// What hyper reads and writes: a socket, with TLS on it or without.
#[derive(Debug)]
pub(super) struct Channel {
    socket: Stream,
    tls: Option<Box<Session>>,
}

impl Channel {
    pub(super) fn plain(socket: Stream) -> Self {
        Self { socket, tls: None }
    }

    /// From now on, with TLS.
    pub(super) fn secure_with(&mut self, session: Session) {
        self.tls = Some(Box::new(session));
    }

    /// Shakes hands; `begun` is called when the client has sent its first bytes.
    ///
    /// # Errors
    /// [`Refusal`]; what is written from then on goes out without TLS.
    pub(super) fn poll_handshake(
        &mut self,
        cx: &mut Context<'_>,
        begun: impl FnOnce(),
    ) -> Poll<Result<Agreed, Refusal>> {
        let Some(tls) = &mut self.tls else {
            return Poll::Ready(Err(Refusal::Io(io::ErrorKind::NotConnected.into())));
        };
        let agreed = tls.poll_handshake(&mut self.socket, cx, begun);
        if let Poll::Ready(Err(_)) = agreed {
            self.tls = None;
        }
        agreed
    }

    /// Whether the client has sent something that nobody has read. With TLS the kernel may hold a record without a byte
    /// for us: whoever looks again after reading is told the truth.
    pub(super) fn has_unread_bytes(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.holds_bytes()) || self.socket.has_unread_bytes()
    }

    /// Whether nothing can be between the socket and whoever reads it.
    pub(super) fn is_bare(&self) -> bool {
        self.tls.is_none() && self.socket.is_bare()
    }

    /// Ready when the client has sent something, or has gone.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.socket.poll_readable(cx)
    }

    /// Writes what the socket takes at once.
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => tls.try_write(&mut self.socket, bytes),
            None => self.socket.try_write(bytes),
        }
    }

    /// Whether the client has closed its side, asked while nobody reads.
    pub(super) fn has_been_left(&self, cx: &mut Context<'_>) -> bool {
        self.socket.has_been_left(cx)
    }

    /// Dropped after this, it closes with a reset.
    pub(super) fn resets(&self) {
        self.socket.resets();
    }

    /// What the socket has taken since the last call, where that is not what was written.
    pub(super) fn take_sent(&mut self) -> Option<Sent> {
        self.tls.as_mut().map(|tls| tls.take_sent())
    }
}

impl AsyncRead for Channel {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match &mut this.tls {
            None => Pin::new(&mut this.socket).poll_read(cx, buf),
            Some(tls) => tls.poll_read(&mut this.socket, cx, buf),
        }
    }
}

impl AsyncWrite for Channel {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match &mut this.tls {
            None => Pin::new(&mut this.socket).poll_write(cx, bytes),
            Some(tls) => tls.poll_write(&mut this.socket, cx, &[IoSlice::new(bytes)]),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match &mut this.tls {
            None => Pin::new(&mut this.socket).poll_write_vectored(cx, slices),
            Some(tls) => tls.poll_write(&mut this.socket, cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.tls.is_some() || self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match &mut this.tls {
            None => Pin::new(&mut this.socket).poll_flush(cx),
            Some(tls) => tls.poll_send(&mut this.socket, cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match &mut this.tls {
            None => Pin::new(&mut this.socket).poll_shutdown(cx),
            Some(tls) => tls.poll_shutdown(&mut this.socket, cx),
        }
    }
}
