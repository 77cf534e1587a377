//! What carries a WebSocket: a connection of HTTP/1.1, or a stream of HTTP/2.

use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::runtime::Handle;

/// A connection, or a stream of one, which counts as served until all that was written is on its way.
pub(super) struct Carrier {
    /// Taken when it is dropped.
    io: Option<TokioIo<Upgraded>>,
    /// Of a stream: what counts it.
    stream: Option<Box<dyn Send>>,
}

impl Carrier {
    pub(super) fn new(upgraded: Upgraded, stream: Option<Box<dyn Send>>) -> Self {
        let io = Some(TokioIo::new(upgraded));
        Self { io, stream }
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
        self.with(|io| io.poll_read(cx, read))
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
        // hyper has another task write what goes out on a stream: a drain must not close the connection before it has.
        if let (Some(mut io), Some(stream)) = (self.io.take(), self.stream.take())
            && let Ok(runtime) = Handle::try_current()
        {
            drop(runtime.spawn(async move {
                let _gone = io.shutdown().await;
                drop(stream);
            }));
        }
    }
}
