//! The bytes of one connection, whatever carries them.

use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// The bytes of one connection, whatever carries them, and what can be asked of the socket below.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
}

impl Stream {
    fn socket(&self) -> SockRef<'_> {
        match self {
            Self::Tcp(stream) => SockRef::from(stream),
        }
    }

    /// Whether the client has sent something that nobody has read, asked of the kernel.
    pub(super) fn has_unread_bytes(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        matches!(self.socket().peek(&mut byte), Ok(1..))
    }

    /// Whether its bytes are those of the socket.
    pub(super) fn is_bare(&self) -> bool {
        match self {
            Self::Tcp(_) => true,
        }
    }

    /// Ready when the socket has bytes to be read, or an end. Only what is bare is asked.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            // An error shows in the read that follows.
            Self::Tcp(stream) => stream.poll_read_ready(cx).map(drop),
        }
    }

    /// Writes what the socket takes at once.
    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_write(bytes),
        }
    }

    /// Whether the client has closed its side, asked while nobody reads.
    pub(super) fn has_been_left(&self, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Tcp(stream) => {
                let ready = pin!(stream.ready(Interest::READABLE));
                matches!(ready.poll(cx), Poll::Ready(Ok(ready)) if ready.is_read_closed())
            }
        }
    }

    /// Dropped after this, it closes with a reset: what the client has not taken is thrown away, by the kernel too.
    pub(super) fn resets(&self) {
        if let Err(error) = self.socket().set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%error, "a socket is closed without a reset");
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
