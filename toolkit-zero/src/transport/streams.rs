//! Where the streams of HTTP/2 run.
//!
//! hyper spawns a task for each. Most handlers have their answer at the first poll, and then the task costs more than the
//! request: another worker is woken, takes it, and wakes the connection. So a stream is polled once in the task of its
//! connection, after hyper has read all there is, and gets a task of its own if that was not the end of it. What has
//! come together goes out together then.
//!
//! A handler that computes holds up the streams beside it for as long as one of HTTP/1 holds up its connection, once: then
//! the others, and those that follow, get their tasks from the outset, and run beside each other.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use hyper::rt::Executor;
use pin_project_lite::pin_project;

use super::connection::Connection;
use super::flow::{Flow, Flowing};

/// A first poll that takes longer than this is that of a handler which computes. The tests beside these files run many at
/// a time, on machines that do other things.
const LONG: Duration = Duration::from_micros(if cfg!(test) { 100_000 } else { 100 });

/// How long the first polls of streams that came together may take in all.
const ALL: Duration = LONG.saturating_mul(10);

thread_local! {
    /// Of the stream that hyper begins: its service is called, then it is to be run, both at once.
    static CALLED: RefCell<Option<Arc<Flow>>> = const { RefCell::new(None) };
    /// Those that have begun since the connection's task began to poll hyper.
    static BEGUN: RefCell<Vec<Begun>> = const { RefCell::new(Vec::new()) };
}

/// A stream that has just begun.
struct Begun {
    stream: Pin<Box<dyn Future<Output = ()> + Send>>,
    flow: Arc<Flow>,
}

/// A flow for the stream that hyper is about to run.
pub(super) fn begin() -> Arc<Flow> {
    let flow = Arc::<Flow>::default();
    CALLED.with_borrow_mut(|called| *called = Some(Arc::clone(&flow)));
    flow
}

/// Takes the streams that hyper begins, for [`run_begun`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Spawner;

impl<F> Executor<F> for Spawner
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    fn execute(&self, stream: F) {
        match CALLED.with_borrow_mut(Option::take) {
            Some(flow) => {
                let stream = Box::pin(Unanswering { stream });
                BEGUN.with_borrow_mut(|begun| begun.push(Begun { stream, flow }));
            }
            // An upgrade.
            None => drop(tokio::spawn(stream)),
        }
    }
}

/// Polls each stream once that hyper has begun, and gives those a task that have not ended; whether there was any. To be
/// called after each poll of hyper, in the same task.
pub(super) fn run_begun(connection: &Connection) -> bool {
    let mut begun = BEGUN.take();
    if begun.is_empty() {
        return false;
    }
    let mut clock = (!connection.spawns_the_next(begun.len())).then(Clock::start);
    for Begun { mut stream, flow } in begun.drain(..) {
        if let Some(running) = &mut clock {
            let ended = poll_once(stream.as_mut());
            if running.is_late() {
                connection.computes_for_long();
                clock = None;
            }
            if ended {
                continue;
            }
        }
        flow.is_spawned();
        if flow.waiting().is_some() {
            connection.answers_with(&flow);
        }
        drop(tokio::spawn(Flowing { stream, flow }));
    }
    // Its room is kept for the next ones of this thread.
    BEGUN.set(begun);
    true
}

/// How long first polls take.
struct Clock {
    began: Instant,
    last: Instant,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            last: now,
        }
    }

    /// Whether the poll since the last call took long, or all of them together did.
    fn is_late(&mut self) -> bool {
        let now = Instant::now();
        let late = now - self.last > LONG || now - self.began > ALL;
        self.last = now;
        late
    }
}

/// Whether that was the end of it. As in a task of its own, a panic ends the stream and nothing else.
fn poll_once(stream: Pin<&mut (dyn Future<Output = ()> + Send)>) -> bool {
    // Its task polls it again, so no wake is missed.
    let mut context = Context::from_waker(Waker::noop());
    let polled = catch_unwind(AssertUnwindSafe(|| stream.poll(&mut context).is_ready()));
    polled.unwrap_or(true)
}

pin_project! {
    /// A stream whose output nobody wants.
    struct Unanswering<F> {
        #[pin]
        stream: F,
    }
}

impl<F: Future> Future for Unanswering<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().stream.poll(cx).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::net::SocketAddr;

    use super::*;
    use crate::message::Peer;
    use crate::transport::Limits;
    use crate::transport::sweeper::Sweeper;

    fn connection() -> Arc<Connection> {
        let addr = SocketAddr::from(([127, 0, 0, 1], 1));
        let sweeper = Sweeper::new(Limits::default().values());
        Connection::new(Peer::Tcp(addr), None, Arc::default(), sweeper)
    }

    /// As hyper does.
    fn spawn(stream: impl Future<Output = ()> + Send + 'static) -> Arc<Flow> {
        let flow = begin();
        Spawner.execute(stream);
        flow
    }

    fn computes() -> impl Future<Output = ()> {
        std::future::poll_fn(|_| {
            let begun = Instant::now();
            while begun.elapsed() <= LONG {}
            Poll::Ready(())
        })
    }

    #[tokio::test]
    async fn a_stream_gets_a_task_if_it_does_not_end_at_its_first_poll() {
        let connection = connection();
        let (ends, waits) = (spawn(ready(())), spawn(pending()));
        assert!(run_begun(&connection));
        assert!(!ends.has_a_task() && waits.has_a_task());
        assert!(!run_begun(&connection));
    }

    #[tokio::test]
    async fn what_has_waited_goes_on_in_its_task() {
        let (send, receive) = tokio::sync::oneshot::channel();
        let (ended, end) = tokio::sync::oneshot::channel();
        spawn(async move {
            ended.send(receive.await).unwrap();
        });
        run_begun(&connection());
        send.send(()).unwrap();
        assert_eq!(end.await, Ok(Ok(())));
    }

    #[tokio::test]
    async fn streams_beside_and_after_one_that_computes_get_tasks() {
        let connection = connection();
        spawn(computes());
        let beside = spawn(ready(()));
        run_begun(&connection);
        let after = spawn(ready(()));
        run_begun(&connection);
        assert!(beside.has_a_task() && after.has_a_task());
    }

    #[tokio::test]
    async fn that_is_forgotten_when_enough_have_ended() {
        let connection = connection();
        spawn(computes());
        run_begun(&connection);
        let tasks = |count: usize| {
            let flows: Vec<_> = (0..count).map(|_| spawn(ready(()))).collect();
            run_begun(&connection);
            flows.iter().filter(|flow| flow.has_a_task()).count()
        };
        assert_eq!((tasks(1), tasks(99), tasks(1)), (1, 99, 0));
    }

    #[tokio::test]
    async fn a_stream_that_panics_ends_alone() {
        let connection = connection();
        spawn(async { panic!("as intended") });
        let (ended, end) = tokio::sync::oneshot::channel();
        spawn(async move { ended.send(()).unwrap() });
        run_begun(&connection);
        assert_eq!(end.await, Ok(()));
    }
}
