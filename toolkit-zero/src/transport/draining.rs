//! Carries out the drain of one generation.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::Application;
use super::acceptor::Acceptor;
use super::drain::{Action, Event, State, step};
use super::generation::Generation;
use super::host::Host;
use super::limits::LimitValues;
use super::report::DrainReport;

/// The drain of a generation, on its own task.
///
/// # Cancel safety
/// Dropping it leaves the drain to itself.
#[derive(Debug)]
#[must_use = "the drain goes on by itself, but only this tells its end"]
pub(crate) struct Draining {
    task: JoinHandle<DrainReport>,
    hurry: Arc<Notify>,
}

impl Draining {
    /// Ends the drain as if its deadline had passed: what is left is cut and counted.
    pub(crate) fn cut(&self) {
        self.hurry.notify_one();
    }
}

impl Future for Draining {
    type Output = DrainReport;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<DrainReport> {
        // The task is never aborted: without it there is no runtime left, and no connection.
        Poll::Ready(ready!(Pin::new(&mut self.task).poll(cx)).unwrap_or_default())
    }
}

/// How long what was cut may take to end: a handler that blocks its thread, or a task that holds an
/// upgraded socket without using it, cannot be ended from outside.
const GRACE: Duration = Duration::from_millis(500);

/// A generation, and what its drain works on.
pub(super) struct Leaving<A> {
    pub(super) host: Arc<Host<A>>,
    pub(super) generation: Arc<Generation>,
    /// Those handed to another generation meanwhile are left alone.
    pub(super) acceptors: Vec<Arc<Acceptor>>,
    pub(super) limits: LimitValues,
    /// Clients may be in the middle of a handshake with a listener that another one now hides.
    pub(super) handshakes: bool,
}

impl<A: Application> Leaving<A> {
    /// Gives the signal; when this returns every answer says that it is the last.
    pub(super) fn start(self) -> Draining {
        let handshakes = self.handshakes;
        let (state, _announce) = step(State::Serving { handshakes }, Event::Signal);
        self.generation.announce(self.host.sweeper.now());
        self.host.sweeper.sweep_now();
        let hurry = Arc::<Notify>::default();
        Draining {
            task: tokio::spawn(self.run(state, Arc::clone(&hurry))),
            hurry,
        }
    }

    async fn run(self, mut state: State, hurry: Arc<Notify>) -> DrainReport {
        let begun = Instant::now();
        let mut linger = pin!(sleep(self.limits.linger()));
        let mut deadline = pin!(sleep(self.limits.drain()));
        let mut grace = pin!(sleep(Duration::ZERO));
        let (mut lingered, mut late) = (false, false);
        let mut event = Event::Open(self.generation.open());
        loop {
            let action;
            (state, action) = step(state, event);
            event = match action {
                Action::EmptyQueues => {
                    self.empty_queues();
                    Event::QueuesEmpty
                }
                Action::Cut => {
                    self.generation.cut();
                    self.host.sweeper.sweep_now();
                    grace.as_mut().reset(Instant::now() + GRACE);
                    Event::Open(self.generation.open())
                }
                Action::Finish => return self.report(begun),
                Action::Wait | Action::Announce if !matches!(event, Event::Open(_)) => {
                    Event::Open(self.generation.open())
                }
                Action::Wait | Action::Announce => tokio::select! {
                    () = self.generation.closed_one() => Event::Open(self.generation.open()),
                    () = &mut linger, if !lingered => {
                        lingered = true;
                        Event::LingerPassed
                    }
                    () = &mut deadline, if !late => {
                        late = true;
                        Event::DeadlinePassed
                    }
                    () = hurry.notified(), if !late => {
                        late = true;
                        Event::DeadlinePassed
                    }
                    () = &mut grace, if state == State::Cutting => Event::GivenUp,
                },
            };
        }
    }

    fn empty_queues(&self) {
        for acceptor in &self.acceptors {
            for accepted in acceptor.close(&self.generation) {
                self.host.serve_queued(acceptor, accepted);
            }
        }
    }

    fn report(&self, begun: Instant) -> DrainReport {
        let (completed, aborted) = self.generation.counts();
        let aborted = aborted + u64::try_from(self.generation.open()).unwrap_or(u64::MAX);
        let report = DrainReport::new(completed, aborted, begun.elapsed());
        if aborted == 0 {
            tracing::debug!("{report}");
        } else {
            tracing::warn!("{report}");
        }
        report
    }
}
