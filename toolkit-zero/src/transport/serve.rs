//! Drives one connection, from its first byte to its close.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::Bytes;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWrite as _;

use super::Application;
use super::connection::Connection;
use super::host::Host;
use super::parking::{self, Parked};
use super::phase::{Phase, Verdict};
use super::service::Service;
use super::streams;
use super::tls::{Refusal, Secure};
use super::wire::Wire;
use crate::message::{Link as _, Patient};

/// What is read of a request that nobody wants before the connection is closed all the same.
const DISCARDED: usize = 16 << 20;

/// One connection on its way through its life.
pub(super) struct Serving<A> {
    pub(super) host: Arc<Host<A>>,
    pub(super) connection: Arc<Connection>,
}

/// Why hyper is left.
enum Ended {
    Done(hyper::Result<()>),
    /// There is nothing to do for now.
    Idle,
    Judged(Verdict),
}

impl<A: Application> Serving<A> {
    /// Serves `wire` until it is closed or taken over by another protocol.
    ///
    /// What it is made of is what an idle connection costs: all but the waiting is boxed, and given back when it is over.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` keeps its arguments twice"
    )]
    pub(super) fn run(
        self,
        mut wire: Wire,
        secure: Option<Arc<Secure>>,
    ) -> impl Future<Output = ()> + Send {
        async move {
            poll_fn(|cx| {
                self.connection.watch_with(cx.waker());
                Poll::Ready(())
            })
            .await;
            #[cfg(feature = "proxy-protocol")]
            if self.host.app.is_introduced_by(self.connection.peer()) {
                let introduced = self.introduced(wire, secure.is_some());
                let Some(behind) = Box::pin(introduced).await else {
                    return;
                };
                wire = behind;
            }
            let mut agreed = None;
            if let Some(secure) = secure {
                let Some((secured, http2)) = Box::pin(self.secure(wire, secure)).await else {
                    return;
                };
                (wire, agreed) = (secured, Some(http2));
            }
            let is_http2 = loop {
                if agreed == Some(false) {
                    break false;
                }
                match self.attend(|cx| wire.poll_is_http2(cx)).await {
                    // What was agreed is spoken: who begins otherwise is told so by h2.
                    Ok(Ok(is_http2)) => break agreed.unwrap_or(is_http2),
                    Ok(Err(error)) => return self.failed(&error),
                    // It has just begun after all.
                    Err(Verdict::Close) if wire.has_unread_bytes() => {}
                    Err(Verdict::Close) => {
                        self.log("closed: nothing was sent");
                        return Box::pin(self.shut_and_close(wire, &Bytes::new())).await;
                    }
                    Err(Verdict::Timeout) if agreed.is_some() => {
                        self.log("closed: its preface did not come to an end");
                        return Box::pin(self.shut_and_discard(wire)).await;
                    }
                    Err(Verdict::Timeout) => return Box::pin(self.timeout(wire)).await,
                    Err(Verdict::Cut) => return self.cut(),
                    Err(Verdict::Keep | Verdict::Probe | Verdict::Goaway | Verdict::Slow) => {}
                }
            };
            if is_http2 {
                return Box::pin(self.http2(wire)).await;
            }
            loop {
                // One statement: what its parts hold is not kept while the connection is parked.
                wire = match Box::pin(self.http1(wire)).await {
                    Some(idle) => idle,
                    None => return,
                };
                match self.parked(&mut wire).await {
                    Parked::Wanted => {}
                    Parked::Cut => return self.cut(),
                    Parked::Over => return Box::pin(self.idle_for_too_long(wire)).await,
                }
            }
        }
    }

    /// Shakes hands, and tells whether the client chose HTTP/2; `None` if it is not served.
    async fn secure(&self, mut wire: Wire, secure: Arc<Secure>) -> Option<(Wire, bool)> {
        let session = secure.session();
        drop(secure);
        match session {
            Ok(session) => wire.secure_with(session),
            Err(error) => {
                tracing::error!(%error, "TLS cannot begin");
                return None;
            }
        }
        let refusal = loop {
            match self.attend(|cx| wire.poll_handshake(cx)).await {
                Ok(Ok(agreed)) => {
                    let http2 = agreed.http2;
                    self.connection.secured(agreed);
                    return Some((wire, http2));
                }
                Ok(Err(refusal)) => break refusal,
                Err(Verdict::Close) => {
                    self.log("closed: its TLS handshake did not come to an end");
                    return None;
                }
                Err(Verdict::Cut) => {
                    self.cut();
                    return None;
                }
                Err(_) => {}
            }
        };
        tracing::debug!(peer = %self.connection.peer(), error = %refusal, "no TLS handshake");
        match refusal {
            Refusal::Io(_) => {}
            // Closed when the client has read why.
            Refusal::Alert(_) => self.shut_and_discard(wire).await,
            Refusal::Plain => {
                self.answer_and_close(wire, "400 Bad Request", Self::PLAIN)
                    .await;
            }
        }
        None
    }

    /// Serves until the connection is over, or is to be parked.
    async fn http1(&self, mut wire: Wire) -> Option<Wire> {
        let mut patient = None;
        let _warm = self.host.parking.warm();
        let is_bare = wire.is_bare();
        loop {
            let service =
                Service::<_, false>::new(self.host.app.clone(), Arc::clone(&self.connection));
            let mut http1 = self
                .host
                .protocols
                .http1
                .serve_connection(TokioIo::new(wire), service)
                .with_upgrades();
            let ended = loop {
                let poll = |cx: &mut Context<'_>| {
                    // Only a client that has sent a body wakes for nothing.
                    if patient.is_none() && self.connection.arrival().is_some() {
                        patient = Some(Patient::waker(cx.waker()));
                    }
                    let waker = patient.as_ref().unwrap_or_else(|| cx.waker());
                    let cx = &mut Context::from_waker(waker);
                    if let Poll::Ready(done) = Pin::new(&mut http1).poll(cx) {
                        return Poll::Ready(Ended::Done(done));
                    }
                    self.connection.read_rest(cx);
                    if is_bare && self.should_park() {
                        return Poll::Ready(Ended::Idle);
                    }
                    Poll::Pending
                };
                match self.attend(poll).await {
                    Ok(ended) => break ended,
                    Err(Verdict::Keep | Verdict::Probe | Verdict::Goaway) => {}
                    Err(Verdict::Cut) => {
                        self.cut();
                        return None;
                    }
                    Err(verdict) => break Ended::Judged(verdict),
                }
            };
            let Some(parts) = http1.into_parts() else {
                // A tunnel: every other upgrade has been noticed at its answer.
                self.connection.enter(Phase::Upgraded);
                return None;
            };
            let read_buf = parts.read_buf;
            wire = parts.io.into_inner();
            match ended {
                Ended::Done(done) => {
                    if let Err(error) = done {
                        self.failed(&error);
                    }
                    self.close(wire, &read_buf).await;
                    return None;
                }
                Ended::Idle if parking::is_nothing(&read_buf) => return Some(wire),
                // A next request has begun. Read once more, it is no longer idle.
                Ended::Idle => wire.rewind(read_buf),
                Ended::Judged(Verdict::Timeout) => {
                    self.timeout(wire).await;
                    return None;
                }
                Ended::Judged(Verdict::Slow) => {
                    self.too_slow(wire);
                    return None;
                }
                // Idle, but a next request has begun: it goes on, in a hyper of its own.
                Ended::Judged(_) if self.has_begun_again(&wire, &read_buf) => wire.rewind(read_buf),
                Ended::Judged(_) => {
                    self.log("closed: idle");
                    self.shut_and_close(wire, &read_buf).await;
                    return None;
                }
            }
        }
    }

    async fn http2(&self, wire: Wire) {
        self.connection.enter_http2();
        let service = Service::<_, true>::new(self.host.app.clone(), Arc::clone(&self.connection));
        let mut io = TokioIo::new(wire);
        let mut http2 = Box::pin(self.host.protocols.http2.serve_connection(&mut io, service));
        let ended = loop {
            let poll = |cx: &mut Context<'_>| loop {
                let polled = http2.as_mut().poll(cx);
                if !streams::run_begun(&self.connection) || polled.is_ready() {
                    return polled;
                }
            };
            match self.attend(poll).await {
                Ok(done) => break Some(done),
                Err(Verdict::Cut) => return self.cut(),
                Err(Verdict::Slow) => {
                    drop(http2);
                    return self.too_slow(io.into_inner());
                }
                Err(Verdict::Close) if self.connection.phase() == Phase::Goaway => break None,
                Err(Verdict::Close | Verdict::Goaway) => {
                    self.connection.enter(Phase::Goaway);
                    http2.as_mut().graceful_shutdown();
                    // Whether it may go at once is seen after the frame is out.
                    self.connection.order_a_look();
                }
                Err(Verdict::Keep | Verdict::Probe | Verdict::Timeout) => {}
            }
        };
        drop(http2);
        let wire = io.into_inner();
        match ended {
            // The client may be sending what it opened before it heard the GOAWAY.
            Some(Ok(())) => self.discard(wire).await,
            Some(Err(error)) => self.failed(&error),
            None => self.shut_and_discard(wire).await,
        }
    }

    /// Polls until it is ready, or until the sweeper's look at this connection says something.
    pub(super) async fn attend<T>(
        &self,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Result<T, Verdict> {
        poll_fn(|cx| {
            let look = self.connection.takes_a_look();
            if let Poll::Ready(done) = poll(cx) {
                return Poll::Ready(Ok(done));
            }
            if look {
                // Judged here, after all that had arrived was read.
                let verdict = self.host.sweeper.judge(&self.connection);
                if verdict != Verdict::Keep {
                    return Poll::Ready(Err(verdict));
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Whether an idle connection has something of a next request after all. A body that nobody holds
    /// has been read to its end by hyper, which would have closed the connection otherwise.
    fn has_begun_again(&self, wire: &Wire, read_buf: &Bytes) -> bool {
        let rest_of_the_last = self.connection.has_unread_body() && self.connection.body_is_held();
        !rest_of_the_last && (!read_buf.is_empty() || wire.has_unread_bytes())
    }

    /// The head took too long (RFC 9110 §15.5.9).
    async fn timeout(&self, wire: Wire) {
        self.log("closed with 408: its request did not come to an end");
        self.answer_and_close(wire, "408 Request Timeout", "").await;
    }

    /// What a client is told that speaks HTTP where TLS is spoken.
    const PLAIN: &str = "this port speaks HTTPS: ask for https:// instead of http://\n";

    /// For a client that hyper cannot answer.
    pub(super) async fn answer_and_close(&self, mut wire: Wire, status: &str, text: &str) {
        let (kind, length) = match text {
            "" => ("", 0),
            text => ("content-type: text/plain; charset=utf-8\r\n", text.len()),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\n{kind}content-length: {length}\r\ndate: {}\r\n\r\n{text}",
            httpdate::fmt_http_date(SystemTime::now()),
        );
        if let Err(error) = wire.try_write(answer.as_bytes()) {
            self.failed(&error);
        }
        self.shut_and_discard(wire).await;
    }

    /// A parked connection is closed.
    async fn idle_for_too_long(&self, wire: Wire) {
        self.log("closed: idle");
        self.shut_and_close(wire, &Bytes::new()).await;
    }

    /// What an HTTP/2 client sends while it takes the last of its answers (`WINDOW_UPDATE`) must not meet a closed
    /// socket: the reset would take the rest from it.
    async fn shut_and_discard(&self, mut wire: Wire) {
        if self.shut(&mut wire).await {
            self.discard(wire).await;
        }
    }

    async fn shut_and_close(&self, mut wire: Wire, read_buf: &Bytes) {
        if self.shut(&mut wire).await {
            self.close(wire, read_buf).await;
        }
    }

    /// Closes our side; whether that was in order. With TLS the client has to take what is still held.
    async fn shut(&self, wire: &mut Wire) -> bool {
        loop {
            match self
                .attend(|cx| Pin::new(&mut *wire).poll_shutdown(cx))
                .await
            {
                Ok(Ok(())) => return true,
                Ok(Err(error)) => self.failed(&error),
                Err(Verdict::Cut) => self.cut(),
                Err(Verdict::Slow) => self.log("closed: its client does not take what it is sent"),
                Err(_) => continue,
            }
            return false;
        }
    }

    /// Closes `wire`, whose last answer is out.
    ///
    /// Closing with bytes unread makes the kernel send a reset, and the client may lose the answer
    /// for it: then the rest is read and thrown away first, within bounds.
    async fn close(&self, wire: Wire, read_buf: &Bytes) {
        let leaves_something = self.connection.has_unread_body()
            || self.connection.phase() == Phase::Head
            || !read_buf.is_empty()
            || wire.has_unread_bytes();
        if leaves_something {
            self.discard(wire).await;
        }
    }

    /// Reads until the client closes its side too, if ours was closed in order.
    async fn discard(&self, mut wire: Wire) {
        if !wire.waits_for_the_client() {
            return;
        }
        self.connection.enter(Phase::Closing);
        let mut most = DISCARDED;
        loop {
            match self.attend(|cx| wire.poll_discard(cx, &mut most)).await {
                Ok(_) | Err(Verdict::Close | Verdict::Cut) => return,
                Err(_) => {}
            }
        }
    }

    /// The client does not take its answers: nothing more can be told to it.
    fn too_slow(&self, wire: Wire) {
        if self.connection.is_draining() {
            self.connection.generation().aborted(self.begun());
        }
        self.log("reset: its client does not take what it is sent");
        wire.reset();
    }

    /// Requests that end with the connection.
    fn begun(&self) -> u64 {
        if self.connection.is_http2() {
            // Streams that have ended may be unsent: at least one is, when the socket takes no more.
            let unsent = self.connection.written().1.into();
            self.connection.streams().max(unsent).into()
        } else {
            self.connection.phase().holds_a_request().into()
        }
    }

    /// The drain's deadline has passed: what was begun is counted, and ends with the connection.
    pub(super) fn cut(&self) {
        let (phase, requests) = (self.connection.phase(), self.begun());
        self.connection.generation().aborted(requests);
        tracing::warn!(
            peer = %self.connection.peer(), ?phase, requests,
            "cut: the drain has reached its deadline",
        );
    }

    fn failed(&self, error: &(dyn std::error::Error + 'static)) {
        tracing::debug!(peer = %self.connection.peer(), error, "connection failed");
    }

    pub(super) fn log(&self, what: &'static str) {
        tracing::debug!(peer = %self.connection.peer(), "{what}");
    }
}
