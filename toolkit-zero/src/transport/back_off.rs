//! What accepting does while it fails: descriptors come back when connections close.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::endpoint::Endpoint;

/// How long accepting pauses when it fails.
#[derive(Debug, Default)]
pub(super) struct BackOff {
    pause: Duration,
}

impl BackOff {
    const FIRST: Duration = Duration::from_millis(10);
    /// Who waits in the queue is accepted so long after there is a descriptor for them, at most.
    const LONGEST: Duration = Duration::from_millis(500);

    pub(super) fn reset(&mut self) {
        self.pause = Duration::ZERO;
    }

    /// Waits, longer with each failure in a row.
    pub(super) async fn pause(&mut self, at: &Endpoint, error: &io::Error, said: &Seldom) {
        self.pause = (self.pause * 2).clamp(Self::FIRST, Self::LONGEST);
        if said.may() {
            tracing::warn!(addr = %at, %error, "accept failed; trying again");
        }
        sleep(self.pause).await;
    }
}

/// Says a thing once a second at most, whoever wants to.
#[derive(Debug, Default)]
pub(super) struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    const REST: Duration = Duration::from_secs(1);

    /// Whether it may be said now.
    fn may(&self) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let may = said.is_none_or(|said| now - said >= Self::REST);
        if may {
            *said = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn failures_are_told_once_a_second_however_many_listeners_fail() {
        let seldom = Seldom::default();
        assert!(seldom.may());
        let mut told = 0;
        for _ in 0..100 {
            tokio::time::advance(Duration::from_millis(100)).await;
            told += u32::from(seldom.may()) + u32::from(seldom.may());
        }
        assert_eq!(told, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_grows_and_never_keeps_a_client_waiting_for_a_second() {
        let at = Endpoint::from(SocketAddr::from(([127, 0, 0, 1], 80)));
        let error = io::Error::from(io::ErrorKind::Other);
        let (mut back_off, seldom) = (BackOff::default(), Seldom::default());
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let begun = Instant::now();
            back_off.pause(&at, &error, &seldom).await;
            pauses.push(begun.elapsed().as_millis());
        }
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 500, 500, 500]);
        back_off.reset();
        let begun = Instant::now();
        back_off.pause(&at, &error, &seldom).await;
        assert_eq!(begun.elapsed(), BackOff::FIRST);
    }
}
