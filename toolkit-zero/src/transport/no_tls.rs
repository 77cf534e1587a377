//! TLS where its feature is off: nothing of it exists, and nothing else has to ask.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use tokio::io::ReadBuf;
use tokio::runtime::Handle;

use super::stream::Stream;

/// How the connections of a listener are secured.
#[derive(Debug)]
pub(crate) enum Secure {}

/// TLS on one connection.
#[derive(Debug)]
pub(super) struct Session(Infallible);

/// Why there is no session with a client.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it speaks HTTP without TLS")]
    #[expect(dead_code, reason = "nobody is asked for TLS")]
    Plain,
    #[error(transparent)]
    #[expect(dead_code, reason = "nobody is asked for TLS")]
    Alert(Infallible),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a handshake has told.
#[derive(Debug)]
pub(super) struct Agreed {
    pub(super) http2: bool,
}

/// What a socket has taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) bytes: usize,
    pub(super) full: bool,
}

impl Secure {
    pub(crate) fn remarks(&self) -> Vec<String> {
        match *self {}
    }

    pub(crate) fn watch(&self, _: &Handle) {
        match *self {}
    }

    pub(super) fn session(&self) -> io::Result<Session> {
        match *self {}
    }
}

impl Session {
    pub(super) fn poll_handshake(
        &mut self,
        _: &mut Stream,
        _: &mut Context<'_>,
        _: impl FnOnce(),
    ) -> Poll<Result<Agreed, Refusal>> {
        match self.0 {}
    }

    pub(super) fn holds_bytes(&self) -> bool {
        match self.0 {}
    }

    pub(super) fn take_sent(&mut self) -> Sent {
        match self.0 {}
    }

    pub(super) fn poll_read(
        &mut self,
        _: &mut Stream,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    pub(super) fn poll_write(
        &mut self,
        _: &mut Stream,
        _: &mut Context<'_>,
        _: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.0 {}
    }

    pub(super) fn poll_send(
        &mut self,
        _: &mut Stream,
        _: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    pub(super) fn poll_shutdown(
        &mut self,
        _: &mut Stream,
        _: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    pub(super) fn try_write(&mut self, _: &mut Stream, _: &[u8]) -> io::Result<usize> {
        match self.0 {}
    }
}
