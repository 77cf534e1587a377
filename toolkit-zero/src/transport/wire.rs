//! The socket of one connection, as hyper sees it.

use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::channel::Channel;
use super::connection::{Connection, Half};
use super::cork::Cork;
use super::generation::Slot;
use super::phase::Phase;
use super::rewound::Rewound;
use super::tls::{Agreed, Refusal, Session};

/// Every HTTP/2 connection begins with these bytes (RFC 9113 §3.4), no HTTP/1 request does.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The socket of one connection: gives bytes that were read too early once more, and writes down what the
/// connection is doing.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Channel,
    connection: Arc<Connection>,
    rewound: Rewound,
    cork: Cork,
    /// The client has closed its side.
    ended: bool,
    /// We have closed ours.
    shut: bool,
    /// Its user has been told that the upgraded connection was cut.
    told: bool,
    /// The connection counts as open as long as this socket lives, upgraded or not.
    _slot: Slot,
}

impl Wire {
    pub(super) fn new(stream: Channel, connection: Arc<Connection>, slot: Slot) -> Self {
        Self {
            stream,
            connection,
            rewound: Rewound::Nothing,
            cork: Cork::default(),
            ended: false,
            shut: false,
            told: false,
            _slot: slot,
        }
    }

    /// From now on, with TLS.
    pub(super) fn secure_with(&mut self, session: Session) {
        self.stream.secure_with(session);
    }

    /// Shakes hands.
    ///
    /// # Errors
    /// [`Refusal`]; what is written from then on goes out without TLS.
    pub(super) fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<Result<Agreed, Refusal>> {
        let connection = &self.connection;
        self.stream
            .poll_handshake(cx, || connection.enter(Phase::Handshake))
    }

    /// Reads what comes before any protocol: no more than `space` has, so that what follows is read as ever.
    ///
    /// # Errors
    /// What the socket says.
    #[cfg(feature = "proxy-protocol")]
    pub(super) fn poll_read_early(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_read(cx, space))?;
        if self.connection.phase() == Phase::First {
            self.connection.enter(Phase::Handshake);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads until the protocol is told, and rewinds: whether the client speaks HTTP/2.
    ///
    /// # Errors
    /// What the socket says.
    pub(super) fn poll_is_http2(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let (mut bytes, mut to) = match self.rewound {
            Rewound::Opening { bytes, to, .. } => (bytes, usize::from(to)),
            Rewound::Nothing | Rewound::Buffer(_) => ([0; 24], 0),
        };
        loop {
            let mut space = ReadBuf::new(&mut bytes[to..]);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut space))?;
            let read = space.filled().len();
            if to == 0 && read > 0 {
                self.connection.enter(Phase::Head);
            }
            to += read;
            self.ended |= read == 0;
            #[expect(clippy::cast_possible_truncation, reason = "at most 24")]
            let end = to as u8;
            self.rewound = Rewound::Opening {
                bytes,
                from: 0,
                to: end,
            };
            let like = bytes[..to] == PREFACE[..to];
            if !like || to == PREFACE.len() || read == 0 {
                return Poll::Ready(Ok(like && to == PREFACE.len()));
            }
        }
    }

    /// Writes. The last of an answer is taken at once, as a rule; without it being polled for, which a long answer is, so
    /// that it charges its task's budget.
    #[inline]
    fn poll_write_bytes(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.connection.is_in(Phase::Flush) && self.is_bare() {
            match self.stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    /// Gives `buffer` to the next reads.
    pub(super) fn rewind(&mut self, buffer: Bytes) {
        self.rewound = Rewound::Buffer(buffer);
    }

    /// Whether the client has sent something that nobody has read, asked of the kernel.
    pub(super) fn has_unread_bytes(&self) -> bool {
        self.stream.has_unread_bytes()
    }

    /// Whether nothing can be between the socket and whoever reads it, so that its readiness is all there is to wait for.
    pub(super) fn is_bare(&self) -> bool {
        self.stream.is_bare()
    }

    /// Ready when the client has sent something, or has gone.
    pub(super) fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.stream.poll_readable(cx)
    }

    /// Whether our side was closed in order, and the client's was not seen closed.
    pub(super) fn waits_for_the_client(&self) -> bool {
        self.shut && !self.ended
    }

    /// Writes what the socket takes at once: nothing, if it has not taken what came before.
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.cork.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.stream.try_write(bytes)
    }

    /// An answer is complete, and what hyper has read goes on: it comes back for a next answer, to read, or to close. It
    /// does not while the rest of a request is somebody's who need not take it. With TLS nothing waits: what is written has
    /// still to go out then.
    fn may_wait(&self) -> bool {
        let connection = &self.connection;
        connection.reads_on()
            && connection.is_in(Phase::Flush)
            && !connection.has_unread_body()
            && self.is_bare()
    }

    /// Writes out what waits.
    #[cold]
    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.cork.is_empty() {
            let polled = Pin::new(&mut self.stream).poll_write(cx, self.cork.rest());
            let written = ready!(self.note_written(polled))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            if let Some(answers) = self.cork.went_out(written) {
                self.connection.generation().completed(answers.into());
            }
        }
        Poll::Ready(Ok(()))
    }

    /// All that was written is out.
    fn is_out(&self, next: Phase, cx: &Context<'_>) {
        self.connection.enter(next);
        if self.ended {
            // hyper has not heard of it, if it was kept from it.
            cx.waker().wake_by_ref();
        }
    }

    /// Reads and throws away, until the client closes or `most` bytes have come.
    ///
    /// # Errors
    /// What the socket says.
    pub(super) fn poll_discard(
        &mut self,
        cx: &mut Context<'_>,
        most: &mut usize,
    ) -> Poll<io::Result<()>> {
        let mut bin = [MaybeUninit::uninit(); 4096];
        while *most > 0 {
            let mut space = ReadBuf::uninit(&mut bin);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut space))?;
            if space.filled().is_empty() {
                break;
            }
            *most = most.saturating_sub(space.filled().len());
        }
        Poll::Ready(Ok(()))
    }

    /// An upgraded connection has no task of ours: its next use finds out that it was cut.
    fn upgraded(&mut self, cx: &Context<'_>, half: Half) -> io::Result<()> {
        if !self.connection.is_in(Phase::Upgraded) {
            return Ok(());
        }
        self.connection.watch_half_with(half, cx.waker());
        if self.connection.generation().is_cut() {
            if !mem::replace(&mut self.told, true) {
                self.connection.generation().told();
            }
            return Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the server's drain has reached its deadline",
            ));
        }
        Ok(())
    }

    fn note_written(&mut self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if self.note_sent() {
            return polled;
        }
        match &polled {
            Poll::Ready(Ok(bytes)) => {
                self.connection.wrote(*bytes);
                if self.connection.is_http2() {
                    self.connection.sent(*bytes);
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.connection.is_full(),
        }
        polled
    }

    /// Notes what the socket has taken where that is told apart from what was written: with TLS.
    fn note_sent(&mut self) -> bool {
        let Some(sent) = self.stream.take_sent() else {
            return false;
        };
        if sent.bytes > 0 {
            self.connection.wrote(sent.bytes);
            if self.connection.is_http2() {
                self.connection.sent(sent.bytes);
            }
        }
        if sent.full {
            self.connection.is_full();
        }
        true
    }

    /// Closes with a reset: what the client has not taken is thrown away, by the kernel too.
    pub(super) fn reset(self) {
        self.stream.resets();
    }

    /// The client has closed its side. hyper ends the request for it, which comes too early in two
    /// cases: a handler that was not polled yet may have its answer ready, and one may have to be answered.
    fn poll_ended(&mut self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        let news = !mem::replace(&mut self.ended, true);
        let connection = &self.connection;
        let answering = matches!(
            connection.phase(),
            Phase::Work | Phase::Answer | Phase::Flush
        );
        if !answering || connection.has_unread_body() {
            return Poll::Ready(Ok(()));
        }
        if news {
            cx.waker().wake_by_ref();
        } else if !connection.insists() {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }

    fn read_some(&self) {
        let connection = &self.connection;
        connection.has_read(true);
        if connection.is_in(Phase::Idle) {
            // Maybe the rest of a request that was answered early.
            let rest = connection.has_unread_body() && connection.body_is_held();
            connection.enter(if rest { Phase::Idle } else { Phase::Head });
        } else if connection.is_in(Phase::First) {
            connection.enter(Phase::Head);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let generation = self.connection.generation();
        if self.told {
            generation.told_one_closed();
        } else if generation.is_cut() && self.connection.is_in(Phase::Upgraded) {
            generation.aborted(1);
        }
        self.connection.enter(Phase::Closed);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !matches!(self.rewound, Rewound::Nothing) && self.rewound.give(buf) {
            self.read_some();
            return Poll::Ready(Ok(()));
        }
        self.upgraded(cx, Half::Read)?;
        // While an answer is being made its flush follows, and takes along what waits.
        if !self.cork.is_empty() && !self.connection.is_in(Phase::Answer) {
            match self.poll_release(cx) {
                Poll::Ready(Ok(())) => {
                    if let Some(next) = self.connection.once_flushed() {
                        self.is_out(next, cx);
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {}
            }
        }
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            read?;
        } else {
            self.connection.has_read(false);
            return Poll::Pending;
        }
        if buf.filled().len() > before {
            self.read_some();
            return Poll::Ready(Ok(()));
        }
        self.poll_ended(cx)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.upgraded(cx, Half::Write)?;
        if self.may_wait() || !self.cork.is_empty() {
            if self.cork.takes(bytes) {
                if self.connection.once_flushed().is_some() {
                    self.cork.ends_an_answer();
                }
                return Poll::Ready(Ok(bytes.len()));
            }
            ready!(self.poll_release(cx))?;
        }
        let polled = self.poll_write_bytes(cx, bytes);
        self.note_written(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.upgraded(cx, Half::Write)?;
        ready!(self.poll_release(cx))?;
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_written(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper comes here when its own buffer is empty, so a complete answer is out now.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What waited is counted as it goes out; an answer that did not wait is out when the channel is empty.
        let waited = !self.cork.is_empty();
        if waited {
            if self.may_wait() {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_release(cx))?;
        }
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.note_sent();
        ready!(flushed)?;
        if let Some(next) = self.connection.once_flushed() {
            if !waited {
                self.connection.generation().completed(1);
            }
            self.is_out(next, cx);
        }
        if self.connection.takes_a_probe() && self.stream.has_been_left(cx) {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::ConnectionReset,
                "the client has left while its request was answered",
            )));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_release(cx))?;
        self.shut = true;
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.note_sent();
        shut
    }
}
