//! Server-sent events (WHATWG HTML section 9.2).

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use tokio::time::{Instant, Sleep, sleep};

use super::implementations::typed;
use super::{Body, BoxError, IntoResponse, Problem, Response};

/// A stream of [`Event`]s, sent as `text/event-stream` while it lasts.
///
/// The stream may also yield `Result<Event, E>`: an error ends the answer without its last chunk, and is logged, so that the
/// client knows that it broke off, and comes again.
///
/// ```
/// use toolkit_zero::reply::{Event, Sse};
/// # use std::pin::Pin; use std::task::{Context, Poll};
/// # struct Once(bool);
/// # impl futures_core::Stream for Once {
/// #     type Item = Event;
/// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
/// #         let first = !std::mem::replace(&mut self.0, true);
/// #         Poll::Ready(first.then(|| Event::default().data("hello")))
/// #     }
/// # }
/// # fn ticks() -> Once { Once(false) }
/// # #[toolkit_zero::get("/events")]
/// async fn events() -> Sse<impl futures_core::Stream<Item = Event>> {
///     Sse::new(ticks())
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Sse<S> {
    events: S,
    keep_alive: Option<Duration>,
}

impl<S> Sse<S>
where
    S: Stream<Item: IntoEvent> + Send + 'static,
{
    /// Sends what the stream yields.
    pub fn new(events: S) -> Self {
        Self {
            events,
            keep_alive: None,
        }
    }

    /// Sends an empty comment whenever nothing was sent for so long, so that proxies keep the connection, and so that a
    /// client that is gone is noticed. Zero means never.
    #[must_use]
    pub fn keep_alive(mut self, every: Duration) -> Self {
        self.keep_alive = Some(every).filter(|every| !every.is_zero());
        self
    }
}

#[diagnostic::do_not_recommend]
impl<S> IntoResponse for Sse<S>
where
    S: Stream<Item: IntoEvent> + Send + 'static,
{
    fn into_response(self) -> Response {
        let body = Body::from_stream(Encoded {
            events: Box::pin(self.events),
            quiet: self.keep_alive.map(|every| (every, Box::pin(sleep(every)))),
        });
        let mut response = typed("text/event-stream", body);
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

struct Encoded<S> {
    events: Pin<Box<S>>,
    /// How long it may be quiet, and the timer of it.
    quiet: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl<S: Stream<Item: IntoEvent>> Stream for Encoded<S> {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let sent = match self.events.as_mut().poll_next(cx) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(event)) => match event.into_event() {
                Ok(event) => Bytes::from(event.to_string()),
                Err(error) => return Poll::Ready(Some(Err(error))),
            },
            Poll::Pending => match &mut self.quiet {
                Some((_, timer)) => {
                    ready!(timer.as_mut().poll(cx));
                    Bytes::from_static(b":\n\n")
                }
                None => return Poll::Pending,
            },
        };
        if let Some((every, timer)) = &mut self.quiet {
            let next = Instant::now() + *every;
            timer.as_mut().reset(next);
        }
        Poll::Ready(Some(Ok(sent)))
    }
}

/// What a stream of events may yield: an [`Event`], or a `Result` with one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "cannot be sent as a server-sent event",
    note = "let the stream yield `Event` or `Result<Event, E>`: `stream.map(|item| Event::default().data(item.to_string()))`"
)]
pub trait IntoEvent {
    #[doc(hidden)]
    fn into_event(self) -> Result<Event, BoxError>;
}

impl IntoEvent for Event {
    fn into_event(self) -> Result<Event, BoxError> {
        Ok(self)
    }
}

impl<E: Into<BoxError>> IntoEvent for Result<Event, E> {
    fn into_event(self) -> Result<Event, BoxError> {
        self.map_err(Into::into)
    }
}

/// One server-sent event.
///
/// Line breaks in `data` and in a comment are kept by repeating the field; in `id` and `event` they cannot stand and are
/// dropped, so that nothing a user typed can add a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    comment: Option<String>,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    data: Option<String>,
}

impl Event {
    /// The data, as text.
    #[must_use]
    pub fn data(mut self, data: impl Into<String>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// The data, as JSON.
    ///
    /// # Errors
    /// The value cannot be serialised; the error is logged.
    pub fn json(self, value: &impl serde::Serialize) -> Result<Self, Problem> {
        Ok(self.data(serde_json::to_string(value).map_err(Problem::internal)?))
    }

    /// The name that a browser dispatches the event under; without one it is `message`.
    #[must_use]
    pub fn event(mut self, name: impl AsRef<str>) -> Self {
        self.name = Some(one_line(name.as_ref()));
        self
    }

    /// The id that a reconnecting client sends back as `Last-Event-ID`.
    #[must_use]
    pub fn id(mut self, id: impl AsRef<str>) -> Self {
        self.id = Some(one_line(id.as_ref()));
        self
    }

    /// How long a client waits before it reconnects.
    #[must_use]
    pub fn retry(mut self, wait: Duration) -> Self {
        self.retry = Some(wait);
        self
    }

    /// A comment, which clients ignore: keeps a quiet connection alive.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .filter(|char| !matches!(char, '\r' | '\n' | '\0'))
        .collect()
}

/// The lines of a text as an event stream breaks them: at CRLF, LF or CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.comment.iter().flat_map(|comment| lines(comment)) {
            writeln!(f, ": {line}")?;
        }
        if let Some(name) = &self.name {
            writeln!(f, "event: {name}")?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {id}")?;
        }
        if let Some(retry) = self.retry {
            writeln!(f, "retry: {}", retry.as_millis())?;
        }
        for line in self.data.iter().flat_map(|data| lines(data)) {
            writeln!(f, "data: {line}")?;
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_in_data_repeat_the_field_and_in_an_id_are_dropped() {
        let event = Event::default()
            .event("tick")
            .id("1\ndata: forged")
            .data("a\r\nb\rc");
        assert_eq!(
            event.to_string(),
            "event: tick\nid: 1data: forged\ndata: a\ndata: b\ndata: c\n\n"
        );
    }
}
