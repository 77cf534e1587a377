//! The bytes of one connection, whatever carries them.

use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// The bytes of one connection, whatever carries them, and what can be asked of the socket below.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    Other(Other),
}

/// Bytes that no socket of ours carries.
pub(crate) trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// A connection that was not accepted here. What only a socket can be asked is answered as if nothing were known.
pub(super) struct Other(pub(super) Box<dyn Carrier>);

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Other").finish_non_exhaustive()
    }
}

impl Stream {
    fn socket(&self) -> Option<SockRef<'_>> {
        match self {
            Self::Tcp(stream) => Some(SockRef::from(stream)),
            #[cfg(unix)]
            Self::Unix(stream) => Some(SockRef::from(stream)),
            Self::Other(_) => None,
        }
    }

    /// The address that the client connected to; `None` for a Unix socket.
    pub(super) fn local_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.local_addr().ok(),
            #[cfg(unix)]
            Self::Unix(_) => None,
            Self::Other(_) => None,
        }
    }

    /// Small answers are not held back (`TCP_NODELAY`).
    pub(super) fn sends_at_once(&self) {
        if let Self::Tcp(stream) = self
            && let Err(error) = stream.set_nodelay(true)
        {
            tracing::debug!(%error, "TCP_NODELAY is not set");
        }
    }

    /// Whether the client has sent something that nobody has read, asked of the kernel.
    pub(super) fn has_unread_bytes(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        self.socket()
            .is_some_and(|socket| matches!(socket.peek(&mut byte), Ok(1..)))
    }

    /// Whether its bytes are those of the socket.
    pub(super) fn is_bare(&self) -> bool {
        match self {
            Self::Tcp(_) => true,
            #[cfg(unix)]
            Self::Unix(_) => true,
            Self::Other(_) => false,
        }
    }

    /// Ready when the socket has bytes to be read, or an end. Only what is bare is asked.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            // An error shows in the read that follows.
            Self::Tcp(stream) => stream.poll_read_ready(cx).map(drop),
            #[cfg(unix)]
            Self::Unix(stream) => stream.poll_read_ready(cx).map(drop),
            Self::Other(_) => Poll::Pending,
        }
    }

    /// Writes what the socket takes at once.
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_write(bytes),
            Self::Other(Other(stream)) => {
                let mut context = Context::from_waker(Waker::noop());
                match Pin::new(stream).poll_write(&mut context, bytes) {
                    Poll::Ready(written) => written,
                    Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
                }
            }
            #[cfg(unix)]
            Self::Unix(stream) => stream.try_write(bytes),
        }
    }

    /// Whether the client has closed its side, asked while nobody reads.
    pub(super) fn has_been_left(&self, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Tcp(stream) => {
                let ready = pin!(stream.ready(Interest::READABLE));
                matches!(ready.poll(cx), Poll::Ready(Ok(ready)) if ready.is_read_closed())
            }
            Self::Other(_) => false,
            #[cfg(unix)]
            Self::Unix(stream) => {
                let ready = pin!(stream.ready(Interest::READABLE));
                matches!(ready.poll(cx), Poll::Ready(Ok(ready)) if ready.is_read_closed())
            }
        }
    }

    /// Dropped after this, it closes with a reset: what the client has not taken is thrown away, by the kernel too.
    pub(super) fn resets(&self) {
        if let Some(Err(error)) = self.socket().map(|it| it.set_linger(Some(Duration::ZERO))) {
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
            Self::Other(Other(stream)) => Pin::new(stream).poll_read(cx, buf),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
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
            Self::Other(Other(stream)) => Pin::new(stream).poll_write(cx, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Other(Other(stream)) => Pin::new(stream).poll_write_vectored(cx, slices),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Other(Other(stream)) => stream.is_write_vectored(),
            #[cfg(unix)]
            Self::Unix(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Other(Other(stream)) => Pin::new(stream).poll_flush(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Other(Other(stream)) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
