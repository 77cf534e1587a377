//! `Shutdown`: told when the server stops or moves.

use std::convert::Infallible;

use tokio_util::sync::CancellationToken;

use super::{FromRequest, Request};

/// Tells a handler that answers for long (an event stream, a poll) that its server has been told to stop or to move, so that
/// it can finish in time.
///
/// ```
/// use toolkit_zero::prelude::*;
/// # async fn next_event() -> String { "tick".to_owned() }
///
/// #[get("/poll")]
/// async fn poll(shutdown: Shutdown) -> Option<String> {
///     tokio::select! {
///         event = next_event() => Some(event),
///         () = shutdown.requested() => None,
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct Shutdown(Option<CancellationToken>);

impl Shutdown {
    pub(crate) fn at(signal: CancellationToken) -> Self {
        Self(Some(signal))
    }

    /// Returns when the server has been told to stop or to move.
    ///
    /// # Cancel safety
    /// Nothing is missed.
    pub async fn requested(&self) {
        match &self.0 {
            Some(signal) => signal.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Whether the server has been told to stop or to move.
    pub fn is_requested(&self) -> bool {
        self.0.as_ref().is_some_and(CancellationToken::is_cancelled)
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for Shutdown {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(Self(request.drain_signal().cloned()))
    }
}
