//! What carries a WebSocket: a connection of HTTP/1.1, or a stream of HTTP/2.

use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// A connection, or a stream of one, which counts as served until all that was written is on its way.
pub(super) struct Carrier {
    /// Taken when it is dropped.
    io: Option<TokioIo<Upgraded>>,
    /// Of a stream: what counts it.
    stream: Option<Box<dyn Send>>,
    /// The client sends nothing more.
    ended: bool,
}

/// How long, and how much, a client is listened to whose socket was dropped.
const LISTENING: Duration = Duration::from_secs(1);
const UNREAD: u64 = 256 << 10;

impl Carrier {
    pub(super) fn new(upgraded: Upgraded, stream: Option<Box<dyn Send>>) -> Self {
        let io = Some(TokioIo::new(upgraded));
        Self {
            io,
            stream,
            ended: false,
        }
    }

    fn with<T>(
        &mut self,
        poll: impl FnOnce(Pin<&mut TokioIo<Upgraded>>) -> Poll<Result<T>>,
    ) -> Poll<Result<T>> {
        match &mut self.io {
            Some(io) => poll(Pin::new(io)),
            None => Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl AsyncRead for Carrier {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        read: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = read.filled().len();
        let polled = self.with(|io| io.poll_read(cx, read));
        if let Poll::Ready(result) = &polled {
            self.ended |= result.is_err() || read.filled().len() == before;
        }
        polled
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.with(|io| io.poll_write(cx, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.with(|io| io.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.with(|io| io.poll_shutdown(cx))
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        let (io, stream) = (self.io.take(), self.stream.take());
        let Some(mut io) = io.filter(|_| stream.is_some() || !self.ended) else {
            return;
        };
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(async move {
                let _gone = io.shutdown().await;
                match stream {
                    // hyper has another task write what goes out on a stream: a drain must not close the connection before it
                    // has.
                    Some(stream) => drop(stream),
                    None => read_out(io).await,
                }
            }));
        }
    }
}

/// Reads what the client still sends, for a moment. A socket that is closed with unread bytes is reset, and the client may
/// lose what it was sent last.
async fn read_out(io: TokioIo<Upgraded>) {
    let mut rest = io.take(UNREAD);
    let mut nowhere = tokio::io::sink();
    let read = tokio::io::copy(&mut rest, &mut nowhere);
    drop(timeout(LISTENING, read).await);
}
