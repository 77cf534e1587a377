//! The body of a message: empty, in memory, or arriving piece by piece.

use std::fmt;
use std::io::Cursor;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use super::arrival::{Arrival, TooSlow};
use super::incoming::Incoming;
use super::{Context as Shared, Held, Piece};

/// Any error, boxed, that can cross threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or of a response.
///
/// In memory it is in one piece; a request body that is still arriving, and a response body made by
/// [`Body::from_stream`], come piece by piece. It is an [`http_body::Body`], so it fits everything built on that trait.
///
/// ```
/// use toolkit_zero::extract::Body;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut body = Body::from("hello");
/// let mut length = 0;
/// while let Some(chunk) = body.chunk().await.unwrap() {
///     length += chunk.len();
/// }
/// assert_eq!(length, 5);
/// # });
/// ```
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Full(Bytes),
    /// Not as `Bytes`, which would allocate to share it.
    Owned(Vec<u8>),
    Incoming(Incoming),
    Boxed(Streaming),
}

/// A body of any type, made while it is sent.
pub(crate) type Streaming = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

impl Body {
    /// A body without a byte.
    pub const fn empty() -> Self {
        Self(Kind::Empty)
    }

    /// Whether it is as [`empty`](Self::empty) makes it.
    #[inline]
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.0, Kind::Empty)
    }

    /// Wraps any [`http_body::Body`].
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self(Kind::Boxed(Box::pin(Erased(Box::pin(body)))))
    }

    /// A body that is sent as the stream yields it. An error of the stream aborts the message, so that the client
    /// sees that it is incomplete.
    pub fn from_stream<S, D, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<D, E>> + Send + 'static,
        D: Into<Bytes>,
        E: Into<BoxError>,
    {
        Self(Kind::Boxed(Box::pin(Streamed(Box::pin(stream)))))
    }

    /// The body of a request that hyper reads. `arrival` is told how it goes.
    pub(crate) fn incoming(body: hyper::body::Incoming, arrival: Option<Arc<Arrival>>) -> Self {
        Self(Kind::Incoming(Incoming::new(body, arrival)))
    }

    /// Puts `around` around a body that is made while it is sent.
    pub(crate) fn wrap_streaming<B>(&mut self, around: impl FnOnce(Streaming) -> B)
    where
        B: http_body::Body<Data = Bytes, Error = BoxError> + Send + 'static,
    {
        if !matches!(self.0, Kind::Boxed(_)) {
            return;
        }
        if let Kind::Boxed(body) = mem::take(&mut self.0) {
            self.0 = Kind::Boxed(Box::pin(around(body)));
        }
    }

    /// All of a body that is owned and has at least one byte, and `most` at most.
    #[inline]
    pub(crate) fn take_owned(&mut self, most: usize) -> Option<Piece> {
        let Kind::Owned(bytes) = &mut self.0 else {
            return None;
        };
        if bytes.is_empty() || bytes.len() > most {
            return None;
        }
        Some(Piece::Owned(Cursor::new(mem::take(bytes))))
    }

    /// As [`http_body::Body::poll_frame`], for the transport: what is owned is handed over as it is.
    pub(crate) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, BoxError>>> {
        if let Kind::Owned(bytes) = &mut self.0 {
            let bytes = mem::take(bytes);
            self.0 = Kind::Empty;
            let piece = Piece::Owned(Cursor::new(bytes));
            return Poll::Ready(piece.has_remaining().then(|| Ok(Frame::data(piece))));
        }
        let frame = ready!(http_body::Body::poll_frame(Pin::new(self), cx));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(Piece::Shared))))
    }

    /// The next piece, or `None` at the end. Trailers are skipped.
    ///
    /// # Errors
    /// The client went away, broke the framing of the message, or was too slow.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing; the next call goes on.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            let frame =
                std::future::poll_fn(|cx| http_body::Body::poll_frame(Pin::new(&mut *self), cx))
                    .await;
            match frame {
                None => return Ok(None),
                Some(Err(source)) => return Err(BodyError(source)),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// The bytes of a body that is in memory.
    pub(crate) fn in_memory(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Full(bytes) => Some(bytes),
            Kind::Owned(bytes) => Some(bytes),
            Kind::Empty | Kind::Incoming(..) | Kind::Boxed(_) => None,
        }
    }

    /// The whole body in one piece, if it has at most `limit` bytes. A known length is checked before a byte is read.
    /// `held` counts it against what `server` holds in all.
    pub(crate) async fn collect(
        mut self,
        limit: u64,
        held: &mut Held,
        server: Option<&Arc<Shared>>,
    ) -> Result<Bytes, CollectError> {
        if http_body::Body::size_hint(&self).lower() > limit {
            return Err(CollectError::TooLarge);
        }
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let mut size = first.len() as u64;
        if size > limit {
            return Err(CollectError::TooLarge);
        }
        if !held.grow(size, server) {
            return Err(CollectError::NoRoom);
        }
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut whole = BytesMut::with_capacity(first.len() + second.len());
        whole.extend_from_slice(&first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            size += chunk.len() as u64;
            if size > limit {
                return Err(CollectError::TooLarge);
            }
            if !held.grow(size, server) {
                return Err(CollectError::NoRoom);
            }
            whole.extend_from_slice(&chunk);
            next = self.chunk().await?;
        }
        Ok(whole.freeze())
    }
}

/// Why a body could not be read in one piece.
#[derive(Debug)]
pub(crate) enum CollectError {
    /// It has more bytes than the limit.
    TooLarge,
    /// The server holds as many bytes of bodies as it may.
    NoRoom,
    /// It broke off.
    Read(BodyError),
}

impl From<BodyError> for CollectError {
    fn from(error: BodyError) -> Self {
        Self::Read(error)
    }
}

/// A body that could not be read to its end: the client went away, broke the framing of the message, or was too slow.
#[derive(Debug, thiserror::Error)]
#[error("the body could not be read: {0}")]
pub struct BodyError(#[source] BoxError);

impl BodyError {
    /// Whether it came more slowly than the server's limits allow. The answer for it is 408 (RFC 9110 section 15.5.9).
    pub fn is_timeout(&self) -> bool {
        self.0.is::<TooSlow>()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Full(bytes) => {
                let bytes = mem::take(bytes);
                self.0 = Kind::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Kind::Owned(bytes) => {
                let bytes = Bytes::from(mem::take(bytes));
                self.0 = Kind::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Kind::Incoming(incoming) => incoming.poll_frame(cx),
            Kind::Boxed(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Full(bytes) => bytes.is_empty(),
            Kind::Owned(bytes) => bytes.is_empty(),
            Kind::Incoming(incoming) => incoming.is_end_stream(),
            Kind::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Owned(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Incoming(incoming) => incoming.size_hint(),
            Kind::Boxed(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Empty => f.write_str("Body(empty)"),
            Kind::Full(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Owned(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Incoming(..) | Kind::Boxed(_) => f.write_str("Body(stream)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Full(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kind::Owned(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::from(Bytes::from_static(text.as_bytes()))
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from(Bytes::from_static(bytes))
    }
}

/// A foreign body with its error boxed.
struct Erased<B>(Pin<Box<B>>);

impl<B> http_body::Body for Erased<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.as_mut().poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// A stream of pieces as a body of unknown length.
struct Streamed<S>(Pin<Box<S>>);

impl<S, D, E> http_body::Body for Streamed<S>
where
    S: Stream<Item = Result<D, E>>,
    D: Into<Bytes>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let item = ready!(self.0.as_mut().poll_next(cx));
        Poll::Ready(item.map(|piece| {
            piece
                .map(|data| Frame::data(data.into()))
                .map_err(Into::into)
        }))
    }
}
