//! TLS on one connection: records in, bytes out, and the other way.

use std::io::{self, BufRead as _, IoSlice, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::pki_types::CertificateDer;
use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::super::stream::Stream;

/// TLS on one connection. It owns no socket; who holds both lends it.
///
/// rustls is driven here, and not through a stream of another crate, as the pace of a client is judged by what its
/// socket takes: records that rustls still holds are not sent.
#[derive(Debug)]
pub(in super::super) struct Session {
    rustls: ServerConnection,
    first: Option<u8>,
    sent: Sent,
    closing: bool,
}

/// What the socket has taken since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Sent {
    pub(in super::super) bytes: usize,
    /// It takes no more for now.
    pub(in super::super) full: bool,
}

/// Why there is no session with this client.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum Refusal {
    /// It speaks HTTP without TLS.
    #[error("it speaks HTTP without TLS")]
    Plain,
    /// It was told why in an alert.
    #[error(transparent)]
    Alert(rustls::Error),
    /// It is gone.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What the handshake has told.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Agreed {
    pub(in super::super) http2: bool,
    /// The client's certificate first, then those that vouch for it.
    pub(in super::super) certificates: Option<Arc<[CertificateDer<'static>]>>,
}

impl Session {
    /// # Errors
    /// What rustls says of `config`.
    pub(in super::super) fn new(config: Arc<ServerConfig>) -> Result<Self, rustls::Error> {
        Ok(Self {
            rustls: ServerConnection::new(config)?,
            first: None,
            sent: Sent::default(),
            closing: false,
        })
    }

    /// Shakes hands. `begun` is called when the client has sent its first bytes.
    ///
    /// # Errors
    /// [`Refusal`]; the session is over then.
    pub(in super::super) fn poll_handshake(
        &mut self,
        socket: &mut Stream,
        cx: &mut Context<'_>,
        begun: impl FnOnce(),
    ) -> Poll<Result<Agreed, Refusal>> {
        let mut begun = self.first.is_none().then_some(begun);
        loop {
            ready!(self.poll_send(socket, cx))?;
            if !self.rustls.is_handshaking() {
                return Poll::Ready(Ok(self.agreed()));
            }
            if ready!(self.poll_receive(socket, cx))? == 0 {
                return Poll::Ready(Err(Refusal::Io(io::ErrorKind::UnexpectedEof.into())));
            }
            if let Some(begun) = begun.take() {
                begun();
            }
            if let Err(error) = self.rustls.process_new_packets() {
                return Poll::Ready(Err(self.refuse(socket, error)));
            }
        }
    }

    fn agreed(&self) -> Agreed {
        Agreed {
            http2: self.rustls.alpn_protocol() == Some(b"h2"),
            certificates: self
                .rustls
                .peer_certificates()
                .map(|chain| chain.iter().map(|one| one.clone().into_owned()).collect()),
        }
    }

    /// Every request of HTTP begins with an upper-case letter (RFC 9110 section 9.1), no record of TLS does.
    fn refuse(&mut self, socket: &mut Stream, error: rustls::Error) -> Refusal {
        if self.first.is_some_and(|byte| byte.is_ascii_uppercase()) {
            return Refusal::Plain;
        }
        self.send_at_once(socket);
        Refusal::Alert(error)
    }

    /// Whether something was read, decrypted or not, that nobody has taken.
    pub(in super::super) fn holds_bytes(&self) -> bool {
        !self.rustls.is_handshaking() && !self.rustls.wants_read()
    }

    /// What the socket has taken since the last call.
    pub(in super::super) fn take_sent(&mut self) -> Sent {
        std::mem::take(&mut self.sent)
    }

    /// Reads bytes of the application; none at the end. A client that leaves without a `close_notify` has left all the
    /// same: HTTP tells by itself whether a message is complete (RFC 9112 section 9.8).
    pub(in super::super) fn poll_read(
        &mut self,
        socket: &mut Stream,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rustls.wants_read() {
            if ready!(self.poll_receive(socket, cx))? == 0 {
                break;
            }
            if let Err(error) = self.rustls.process_new_packets() {
                self.send_at_once(socket);
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
            }
            if self.rustls.wants_write() {
                // An answer to what was received, not to a request: it may wait.
                self.send_at_once(socket);
            }
        }
        let mut reader = self.rustls.reader();
        let taken = match reader.fill_buf() {
            Ok(bytes) => {
                let fits = bytes.len().min(buf.remaining());
                buf.put_slice(&bytes[..fits]);
                fits
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Poll::Ready(Err(error)),
        };
        reader.consume(taken);
        Poll::Ready(Ok(()))
    }

    /// Takes some of `slices`, and hands on what the socket takes.
    pub(in super::super) fn poll_write(
        &mut self,
        socket: &mut Stream,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match slices {
            [one] => self.rustls.writer().write(one)?,
            many => self.rustls.writer().write_vectored(many)?,
        };
        let sent = self.poll_send(socket, cx)?;
        let empty = slices.iter().all(|slice| slice.is_empty());
        if written > 0 || empty {
            return Poll::Ready(Ok(written));
        }
        // rustls holds as much as it may.
        ready!(sent);
        Poll::Ready(self.rustls.writer().write_vectored(slices))
    }

    /// Hands on all that rustls holds.
    pub(in super::super) fn poll_send(
        &mut self,
        socket: &mut Stream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rustls.wants_write() {
            match self.rustls.write_tls(&mut Socket { socket, cx }) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(bytes) => self.sent.bytes += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.sent.full = true;
                    return Poll::Pending;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Tells the client that nothing more comes, once, and closes our side.
    pub(in super::super) fn poll_shutdown(
        &mut self,
        socket: &mut Stream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.closing {
            self.closing = true;
            self.rustls.send_close_notify();
        }
        ready!(self.poll_send(socket, cx))?;
        Pin::new(socket).poll_shutdown(cx)
    }

    /// Hands on what the socket takes at once.
    pub(in super::super) fn send_at_once(&mut self, socket: &mut Stream) {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        if let Poll::Ready(Err(error)) = self.poll_send(socket, &mut cx) {
            tracing::debug!(%error, "a record was not sent");
        }
    }

    /// Writes what the socket takes at once.
    pub(in super::super) fn try_write(
        &mut self,
        socket: &mut Stream,
        bytes: &[u8],
    ) -> io::Result<usize> {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match self.poll_write(socket, &mut cx, &[IoSlice::new(bytes)]) {
            Poll::Ready(written) => written,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn poll_receive(
        &mut self,
        socket: &mut Stream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut from = First {
            socket: Socket { socket, cx },
            byte: &mut self.first,
        };
        match self.rustls.read_tls(&mut from) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            read => Poll::Ready(read),
        }
    }
}

/// A socket as rustls reads and writes it: what is not ready would block, and wakes the task.
struct Socket<'s, 'cx, 'w> {
    socket: &'s mut Stream,
    cx: &'cx mut Context<'w>,
}

impl Socket<'_, '_, '_> {
    fn at_once<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
        match polled {
            Poll::Ready(done) => done,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl Write for Socket<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Self::at_once(Pin::new(&mut *self.socket).poll_write(self.cx, bytes))
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match slices {
            [one] => self.write(one),
            many => Self::at_once(Pin::new(&mut *self.socket).poll_write_vectored(self.cx, many)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads, and notes the first byte of all.
struct First<'f, 's, 'cx, 'w> {
    socket: Socket<'s, 'cx, 'w>,
    byte: &'f mut Option<u8>,
}

impl Read for First<'_, '_, '_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut space = ReadBuf::new(bytes);
        let Socket { socket, cx } = &mut self.socket;
        Socket::at_once(Pin::new(&mut **socket).poll_read(cx, &mut space))?;
        if self.byte.is_none() {
            *self.byte = space.filled().first().copied();
        }
        Ok(space.filled().len())
    }
}
