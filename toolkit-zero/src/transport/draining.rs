//! Carries out the drain of one generation.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::Application;
use super::acceptor::Acceptor;
use super::back_off::BackOff;
use super::drain::{Action, Event, State, step};
use super::generation::Generation;
use super::host::Host;
use super::limits::LimitValues;
use super::report::DrainReport;

/// The drain of a generation, on its own task, or of several at once.
///
/// # Cancel safety
/// Dropping it leaves the drain to itself.
#[derive(Debug)]
#[must_use = "the drain goes on by itself, but only this tells its end"]
pub(crate) struct Draining {
    tasks: Vec<JoinHandle<DrainReport>>,
    hurry: Vec<Arc<Notify>>,
    report: DrainReport,
}

impl Draining {
    /// These drains, waited for as one.
    pub(super) fn all(drains: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self {
            tasks: Vec::new(),
            hurry: Vec::new(),
            report: DrainReport::default(),
        };
        for drain in drains {
            all.tasks.extend(drain.tasks);
            all.hurry.extend(drain.hurry);
        }
        all
    }

    /// Ends the drain as if its deadline had passed: what is left is cut and counted.
    pub(crate) fn cut(&self) {
        for hurry in &self.hurry {
            hurry.notify_one();
        }
    }
}

impl Future for Draining {
    type Output = DrainReport;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<DrainReport> {
        while let Some(task) = self.tasks.last_mut() {
            // A task is never aborted: without it there is no runtime left, and no connection.
            let report = ready!(Pin::new(task).poll(cx)).unwrap_or_default();
            self.report = self.report.and(report);
            self.tasks.pop();
        }
        Poll::Ready(self.report)
    }
}

/// How long what was cut may take to end: a handler that blocks its thread, or a task that holds an
/// upgraded socket without using it, cannot be ended from outside.
const GRACE: Duration = Duration::from_millis(500);

/// How long a handshake that has begun may take to end once no other begins: a round trip within a continent. Without
/// linger nothing is waited for.
const HANDSHAKE: Duration = Duration::from_millis(50);

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
            tasks: vec![tokio::spawn(self.run(state, Arc::clone(&hurry)))],
            hurry: vec![hurry],
            report: DrainReport::default(),
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
                    let in_time = !late;
                    if in_time {
                        tokio::select! {
                            () = self.empty_queues() => {}
                            () = &mut deadline => late = true,
                            () = hurry.notified() => late = true,
                        }
                    }
                    if late {
                        self.close_listeners();
                        (state, _) = step(state, Event::DeadlinePassed);
                    }
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

    /// Serves those who have connected, and closes the listeners. One whose queue cannot be emptied (for want of
    /// descriptors, say) stays open until it can.
    async fn empty_queues(&self) {
        let mut refuse = false;
        for acceptor in &self.acceptors {
            refuse |= acceptor.refuse(&self.generation);
        }
        let moment = HANDSHAKE.min(self.limits.linger());
        if refuse && !moment.is_zero() {
            sleep(moment).await;
        }
        let mut back_off = BackOff::default();
        for acceptor in &self.acceptors {
            while let Err(error) = self.close(acceptor, false) {
                let at = acceptor.endpoint();
                back_off.pause(at, &error, &self.host.said).await;
            }
        }
    }

    fn close_listeners(&self) {
        for acceptor in &self.acceptors {
            let _late_is_no_error = self.close(acceptor, true);
        }
    }

    fn close(&self, acceptor: &Acceptor, late: bool) -> io::Result<()> {
        let (queued, closed) = acceptor.close(&self.generation, late);
        for accepted in queued {
            self.host.serve_queued(acceptor, accepted);
        }
        closed
    }

    fn report(&self, begun: Instant) -> DrainReport {
        let (completed, aborted) = self.generation.counts();
        let report = DrainReport::new(completed, aborted, begun.elapsed());
        if aborted == 0 {
            tracing::debug!("{report}");
        } else {
            tracing::warn!("{report}");
        }
        report
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::net::SocketAddr;

    use socket2::SockFilter;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::message::{Body, Request};
    use crate::transport::Limits;
    use crate::transport::listener::Listener;

    #[derive(Clone)]
    struct Ok200;

    impl Application for Ok200 {
        type Future = std::future::Ready<http::Response<Body>>;

        fn call(&self, _: Request) -> Self::Future {
            std::future::ready(http::Response::new(Body::empty()))
        }
    }

    fn leaving() -> Leaving<Ok200> {
        let limits = *Limits::default().values();
        let generation = Arc::<Generation>::default();
        let addr = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(addr.into(), 16, &[]).unwrap();
        let acceptor = Acceptor::new(listener, Arc::clone(&generation), None).unwrap();
        let host = Host::new(Ok200, &limits);
        host.opened.cancel();
        host.accept(&acceptor);
        Leaving {
            host,
            generation,
            acceptors: vec![acceptor],
            limits,
            handshakes: false,
        }
    }

    #[tokio::test]
    async fn a_client_whose_handshake_is_not_complete_is_served() {
        let leaving = leaving();
        let acceptor = Arc::clone(&leaving.acceptors[0]);
        // Drops all but SYN: the client is connected, and the server has not heard.
        let only_syn = [
            SockFilter::new(0x30, 0, 0, 13),
            SockFilter::new(0x15, 0, 1, 0x02),
            SockFilter::new(0x06, 0, 0, u32::MAX),
            SockFilter::new(0x06, 0, 0, 0),
        ];
        let attached = acceptor
            .hold()
            .socket()
            .map(|socket| socket.attach_filter(&only_syn));
        attached.unwrap().unwrap();
        let mut client = TcpStream::connect(acceptor.endpoint().tcp().unwrap())
            .await
            .unwrap();
        let draining = leaving.start();
        // On this one thread, the drain is in its moment now, and goes on when we wait.
        tokio::task::yield_now().await;
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        assert_eq!(draining.await.completed(), 1);
    }

    #[tokio::test]
    async fn a_listener_that_is_taken_over_while_it_closes_begins_connections_again() {
        let leaving = leaving();
        let acceptor = Arc::clone(&leaving.acceptors[0]);
        let _draining = leaving.start();
        tokio::task::yield_now().await;
        acceptor.hold().hand_to(&Arc::default(), None);
        TcpStream::connect(acceptor.endpoint().tcp().unwrap())
            .await
            .unwrap();
    }
}
