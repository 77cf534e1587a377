//! The application as hyper calls it: each request carries a ticket until its answer is complete.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::header::{CONNECTION, EXPECT, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode, Version, response};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::Application;
use super::connection::Connection;
use super::flow::Flow;
use super::phase::Phase;
use super::streams;
use crate::message::{self, Body, Link, Piece};

/// The application on one connection, of HTTP/2 or of HTTP/1.
#[derive(Debug)]
pub(super) struct Service<A, const HTTP2: bool> {
    app: A,
    connection: Arc<Connection>,
}

impl<A: Application, const HTTP2: bool> Service<A, HTTP2> {
    pub(super) fn new(app: A, connection: Arc<Connection>) -> Self {
        Self { app, connection }
    }
}

impl<A: Application, const HTTP2: bool> hyper::service::Service<Request<Incoming>>
    for Service<A, HTTP2>
{
    type Response = Response<Ticketed<HTTP2>>;
    type Error = Infallible;
    type Future = Answering<A::Future, HTTP2>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let connection = &self.connection;
        let mut large = false;
        let old = request.version() == Version::HTTP_10;
        let flow = if HTTP2 { Some(streams::begin()) } else { None };
        let has_body = !request.body().is_end_stream();
        let arrival = if HTTP2 {
            connection.stream_began();
            has_body.then(|| connection.expect_body_of_a_stream())
        } else {
            connection.enter_work();
            if has_body {
                large = does_not_come_along(&request);
                connection.expect_body(!large && !says_close(request.headers()))
            } else {
                connection.expect_no_body();
                None
            }
        };
        let (head, body) = request.into_parts();
        let body = if has_body {
            Some(Body::incoming(body, arrival))
        } else {
            None
        };
        let link: Arc<dyn Link> = Arc::clone(connection) as _;
        Answering {
            answer: self.app.call(message::Request::arrived(head, body, link)),
            ticket: Some(Ticket {
                connection: Arc::clone(connection),
                flow,
                large,
                old,
                stage: Stage::Asked,
            }),
        }
    }
}

/// One request being served; dropped when the last of its answer has been taken, or with it.
#[derive(Debug)]
pub(super) struct Ticket<const HTTP2: bool> {
    connection: Arc<Connection>,
    /// Over HTTP/2 it has one.
    flow: Option<Arc<Flow>>,
    /// The request's body does not come along with its head: it is large, or waits to be asked for (RFC 9110 section 10.1.1).
    large: bool,
    /// The request is one of HTTP/1.0.
    old: bool,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asked,
    Answered,
    /// Answered with a change of protocol.
    Switched,
    /// The end of the answer has been taken (only HTTP/2 asks; HTTP/1 counts what is written out).
    Ended,
}

impl<const HTTP2: bool> Ticket<HTTP2> {
    /// The answer's head is made: HTTP/1 clients are told here that it was the last one.
    #[inline]
    fn answered(&mut self, head: &mut response::Parts) {
        self.stage = Stage::Answered;
        if HTTP2 {
            return;
        }
        self.connection.enter(Phase::Answer);
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            self.stage = Stage::Switched;
        } else if self.connection.is_draining() || self.leaves_its_body() {
            let close = HeaderValue::from_static("close");
            head.headers.insert(CONNECTION, close);
            if self.old {
                // Or hyper 1.12 would say `keep-alive` beside it.
                head.version = Version::HTTP_10;
            }
            self.connection.dismiss_rest();
        } else if self.connection.has_unread_body() && says_close(&head.headers) {
            self.connection.dismiss_rest();
        }
    }

    /// Nobody will read the request to its end, so hyper is about to close the connection.
    fn leaves_its_body(&self) -> bool {
        let late = self.connection.has_late_body();
        (self.large || late)
            && self.connection.has_unread_body()
            && (late || !self.connection.body_is_held())
    }
}

/// A smaller body that nobody wants is read to its end, and the connection goes on.
const LARGE: u64 = 4096;

/// Whether the body of `request` is not awaited once it is answered. An HTTP/1.0 client may take the close for the
/// end of its answer.
fn does_not_come_along<B: http_body::Body>(request: &Request<B>) -> bool {
    let length = request.body().size_hint().exact();
    length.is_none_or(|bytes| bytes > LARGE)
        || request.headers().contains_key(EXPECT)
        || request.version() != Version::HTTP_11
}

/// Whether the connection ends with this message (RFC 9112 section 9.6).
fn says_close(fields: &HeaderMap) -> bool {
    fields
        .get(CONNECTION)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
}

impl<const HTTP2: bool> Drop for Ticket<HTTP2> {
    fn drop(&mut self) {
        if HTTP2 {
            if self.stage == Stage::Ended {
                self.connection.generation().completed(1);
            }
            self.connection.stream_ended();
        } else if self.connection.is_in(Phase::Answer) {
            // In any other phase the connection is already being taken down.
            self.connection.enter(match self.stage {
                Stage::Asked | Stage::Answered | Stage::Ended => Phase::Flush,
                Stage::Switched => Phase::Switch,
            });
        }
    }
}

/// The application's answer to one request.
#[derive(Debug)]
pub(super) struct Answering<F, const HTTP2: bool> {
    answer: F,
    ticket: Option<Ticket<HTTP2>>,
}

impl<F: Future<Output = Response<Body>> + Unpin, const HTTP2: bool> Future for Answering<F, HTTP2> {
    type Output = Result<Response<Ticketed<HTTP2>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let (mut head, body) = ready!(Pin::new(&mut this.answer).poll(cx)).into_parts();
        let mut ticket = this.ticket.take();
        if let Some(ticket) = &mut ticket {
            ticket.answered(&mut head);
        }
        note_the_end(&mut ticket, || body.is_end_stream());
        if HTTP2
            && let Some(Ticket {
                flow: Some(flow),
                connection,
                stage: Stage::Answered,
                ..
            }) = &ticket
        {
            flow.offers();
            if flow.has_a_task() {
                connection.answers_with(flow);
            }
        }
        Poll::Ready(Ok(Response::from_parts(
            head,
            Ticketed {
                body,
                rest: None,
                ticket,
            },
        )))
    }
}

/// The body of an answer; hyper drops it when it has taken its end.
///
/// A large piece is handed out in parts: hyper takes a piece whole, into HTTP/1's buffer (which never shrinks again)
/// or into h2's queue as soon as the client's window has room for one byte of it.
#[derive(Debug)]
pub(super) struct Ticketed<const HTTP2: bool> {
    body: Body,
    /// What is left of a large piece.
    rest: Option<Bytes>,
    ticket: Option<Ticket<HTTP2>>,
}

type PolledFrame = Poll<Option<Result<Frame<Piece>, message::BoxError>>>;

#[inline]
fn note_the_end<const HTTP2: bool>(
    ticket: &mut Option<Ticket<HTTP2>>,
    ended: impl FnOnce() -> bool,
) {
    if HTTP2
        && let Some(ticket) = ticket
        && ended()
    {
        ticket.stage = Stage::Ended;
    }
}

impl<const HTTP2: bool> Ticketed<HTTP2> {
    /// The largest part over HTTP/1.
    const PART: usize = 64 << 10;
    /// And over HTTP/2: a frame, as long as nothing else is agreed (RFC 9113 section 4.2).
    const FRAME: usize = 16 << 10;

    /// The largest part that is handed out.
    const LARGEST: usize = if HTTP2 { Self::FRAME } else { Self::PART };

    fn flow(&self) -> Option<&Flow> {
        if HTTP2 {
            self.ticket.as_ref()?.flow.as_deref()
        } else {
            None
        }
    }

    /// Hands `piece` out as it is, if it is small.
    fn begin_a_piece<E>(
        &mut self,
        piece: Option<Result<Frame<Piece>, E>>,
    ) -> Option<Result<Frame<Piece>, E>> {
        match piece {
            Some(Ok(frame))
                if frame
                    .data_ref()
                    .is_some_and(|data| data.remaining() > Self::LARGEST) =>
            {
                Some(Ok(frame.map_data(|piece| {
                    let mut rest = piece.into_shared();
                    let part = rest.split_to(Self::LARGEST);
                    self.rest = Some(rest);
                    Piece::Shared(part)
                })))
            }
            piece => piece,
        }
    }

    fn poll_part(&mut self, cx: &mut Context<'_>) -> PolledFrame {
        let frame = if let Some(mut rest) = self.rest.take() {
            let part = rest.split_to(self.part(rest.len()));
            self.rest = (!rest.is_empty()).then_some(rest);
            Some(Ok(Frame::data(Piece::Shared(part))))
        } else {
            let piece = ready!(self.body.poll_piece(cx));
            self.begin_a_piece(piece)
        };
        note_the_end(&mut self.ticket, || {
            frame.is_none() || self.rest.is_none() && self.body.is_end_stream()
        });
        if let Some(flow) = self.flow()
            && let Some(Ok(frame)) = &frame
        {
            flow.hands(frame.data_ref().map_or(0, Piece::remaining));
        }
        Poll::Ready(frame)
    }

    /// How much of the `left` bytes is handed out next. Over HTTP/2 the last byte of an answer goes alone: hyper gives
    /// it to h2 when the client's window has taken all the others, so an answer ends no earlier than that.
    fn part(&self, left: usize) -> usize {
        if left > Self::LARGEST {
            Self::LARGEST
        } else if HTTP2 && self.body.is_end_stream() {
            (left - 1).max(1)
        } else {
            left
        }
    }
}

impl<const HTTP2: bool> http_body::Body for Ticketed<HTTP2> {
    type Data = Piece;
    type Error = <Body as http_body::Body>::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> PolledFrame {
        let this = self.get_mut();
        if let Some(flow) = this.flow() {
            flow.is_asked();
        }
        if this.rest.is_none() {
            // Nearly every answer is one small piece in memory.
            if let Some(whole) = this.body.take_owned(Self::LARGEST) {
                note_the_end(&mut this.ticket, || true);
                if let Some(flow) = this.flow() {
                    flow.hands(whole.remaining());
                }
                return Poll::Ready(Some(Ok(Frame::data(whole))));
            }
        }
        this.poll_part(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let Some(rest) = &self.rest else {
            return hint;
        };
        let rest = rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}
