//! Drives one connection, from its first byte to its close.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::Bytes;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;

use super::Application;
use super::connection::Connection;
use super::host::Host;
use super::phase::{Phase, Verdict};
use super::service::Service;
use super::wire::Wire;
use crate::message::Link as _;

/// What is read of a request that nobody wants before the connection is closed all the same.
const DISCARDED: usize = 16 << 20;

/// One connection on its way through its life.
pub(super) struct Serving<A> {
    pub(super) host: Arc<Host<A>>,
    pub(super) connection: Arc<Connection>,
}

impl<A: Application> Serving<A> {
    /// Serves `wire` until it is closed or taken over by another protocol.
    pub(super) async fn run(self, mut wire: Wire) {
        poll_fn(|cx| {
            self.connection.watch_with(cx.waker());
            Poll::Ready(())
        })
        .await;
        loop {
            match self.attend(|cx| wire.poll_is_http2(cx)).await {
                Ok(Ok(true)) => return self.http2(wire).await,
                Ok(Ok(false)) => return self.http1(wire).await,
                Ok(Err(error)) => return self.failed(&error),
                // It has just begun after all.
                Err(Verdict::Close) if wire.has_unread_bytes() => {}
                Err(Verdict::Close) => return self.log("closed: nothing was sent"),
                Err(Verdict::Timeout) => return self.timeout(wire).await,
                Err(Verdict::Cut) => return self.cut(),
                Err(Verdict::Keep | Verdict::Probe | Verdict::Goaway | Verdict::Slow) => {}
            }
        }
    }

    async fn http1(&self, mut wire: Wire) {
        loop {
            let service = Service::new(self.host.app.clone(), Arc::clone(&self.connection), false);
            let mut http1 = self
                .host
                .protocols
                .http1
                .serve_connection(TokioIo::new(wire), service)
                .with_upgrades();
            let ended = loop {
                match self.attend(|cx| Pin::new(&mut http1).poll(cx)).await {
                    Ok(done) => break Ok(done),
                    Err(Verdict::Keep | Verdict::Probe | Verdict::Goaway) => {}
                    Err(Verdict::Cut) => return self.cut(),
                    Err(verdict) => break Err(verdict),
                }
            };
            let Some(parts) = http1.into_parts() else {
                // A tunnel: every other upgrade has been noticed at its answer.
                return self.connection.enter(Phase::Upgraded);
            };
            let read_buf = parts.read_buf;
            wire = parts.io.into_inner();
            match ended {
                Ok(done) => {
                    if let Err(error) = done {
                        self.failed(&error);
                    }
                    return self.close(wire, &read_buf).await;
                }
                Err(Verdict::Timeout) => return self.timeout(wire).await,
                Err(Verdict::Slow) => return self.too_slow(wire),
                // Idle, but a next request has begun: it goes on, in a hyper of its own.
                Err(_) if self.has_begun_again(&wire, &read_buf) => wire.rewind(read_buf),
                Err(_) => {
                    self.log("closed: idle");
                    return self.shut_and_close(wire, &read_buf).await;
                }
            }
        }
    }

    async fn http2(&self, wire: Wire) {
        self.connection.enter_http2();
        let service = Service::new(self.host.app.clone(), Arc::clone(&self.connection), true);
        let mut io = TokioIo::new(wire);
        // Boxed for the HTTP/1 connections, which would carry its size otherwise.
        let mut http2 = Box::pin(self.host.protocols.http2.serve_connection(&mut io, service));
        let ended = loop {
            match self.attend(|cx| http2.as_mut().poll(cx)).await {
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
    async fn attend<T>(
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
    async fn timeout(&self, mut wire: Wire) {
        let answer = format!(
            "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\ndate: {}\r\n\r\n",
            httpdate::fmt_http_date(SystemTime::now()),
        );
        match wire.try_write(answer.as_bytes()) {
            Ok(_) => self.log("closed with 408: its request did not come to an end"),
            Err(error) => self.failed(&error),
        }
        self.shut_and_close(wire, &Bytes::new()).await;
    }

    /// What an HTTP/2 client sends while it takes the last of its answers (`WINDOW_UPDATE`) must not meet a closed
    /// socket: the reset would take the rest from it.
    async fn shut_and_discard(&self, mut wire: Wire) {
        if let Err(error) = wire.shutdown().await {
            return self.failed(&error);
        }
        self.discard(wire).await;
    }

    async fn shut_and_close(&self, mut wire: Wire, read_buf: &Bytes) {
        if let Err(error) = wire.shutdown().await {
            return self.failed(&error);
        }
        self.close(wire, read_buf).await;
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
    fn cut(&self) {
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

    fn log(&self, what: &'static str) {
        tracing::debug!(peer = %self.connection.peer(), "{what}");
    }
}
