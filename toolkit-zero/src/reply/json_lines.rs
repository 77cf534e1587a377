//! A stream of values, one JSON text a line.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use super::implementations::typed;
use super::{Body, BoxError, IntoResponse, Output, Response};

/// A stream of values, sent while it lasts as one JSON text a line (`application/jsonl`).
///
/// A value that cannot be serialised, and an error of a [`fallible`](Self::fallible) stream, abort the answer and are logged:
/// the client sees that it is incomplete.
///
/// ```
/// use toolkit_zero::reply::JsonLines;
/// # use std::pin::Pin; use std::task::{Context, Poll};
/// # struct Count(u32);
/// # impl futures_core::Stream for Count {
/// #     type Item = u32;
/// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
/// #         self.0 += 1;
/// #         Poll::Ready((self.0 < 4).then_some(self.0))
/// #     }
/// # }
/// # fn numbers() -> Count { Count(0) }
/// # #[toolkit_zero::get("/numbers")]
/// async fn all() -> JsonLines<impl futures_core::Stream<Item = u32>> {
///     JsonLines::new(numbers())
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct JsonLines<S>(S);

impl<S> JsonLines<S>
where
    S: Stream<Item: Output> + Send + 'static,
{
    /// Sends what the stream yields.
    pub fn new(values: S) -> Self {
        Self(values)
    }
}

impl<S, T, E> JsonLines<Fallible<S>>
where
    S: Stream<Item = Result<T, E>> + Send + 'static,
    T: Output,
    E: Into<BoxError>,
{
    /// Sends what the stream yields, until it yields an error.
    pub fn fallible(values: S) -> Self {
        Self(Fallible(values))
    }
}

/// A stream whose errors end the answer.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fallible<S>(S);

fn line(value: &impl Output) -> Result<Bytes, BoxError> {
    let mut json = value.to_json()?;
    json.push(b'\n');
    Ok(json.into())
}

fn reply(lines: impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static) -> Response {
    typed("application/jsonl", Body::from_stream(lines))
}

/// Maps the items of a stream.
struct Lines<S, F>(Pin<Box<S>>, F);

impl<S: Stream, F> Unpin for Lines<S, F> {}

impl<S, F> Stream for Lines<S, F>
where
    S: Stream,
    F: FnMut(S::Item) -> Result<Bytes, BoxError>,
{
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.0.as_mut().poll_next(cx));
        Poll::Ready(item.map(&mut self.1))
    }
}

#[diagnostic::do_not_recommend]
impl<S> IntoResponse for JsonLines<S>
where
    S: Stream<Item: Output> + Send + 'static,
{
    fn into_response(self) -> Response {
        reply(Lines(Box::pin(self.0), |value| line(&value)))
    }
}

#[diagnostic::do_not_recommend]
impl<S, T, E> IntoResponse for JsonLines<Fallible<S>>
where
    S: Stream<Item = Result<T, E>> + Send + 'static,
    T: Output,
    E: Into<BoxError>,
{
    fn into_response(self) -> Response {
        let written = |value: Result<T, E>| line(&value.map_err(Into::into)?);
        reply(Lines(Box::pin(self.0.0), written))
    }
}
