//! Tells which route blocks its worker thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::message::RouteFacts;

/// Tells which route blocks its worker thread: one whose handler does not come back from a poll.
///
/// A thread of its own looks at the polls that are going on, so it speaks while the worker is stuck, and
/// also where all workers are.
#[derive(Debug)]
pub(crate) struct Watchdog {
    limit: Duration,
    number: AtomicU64,
    /// At most one a worker.
    polls: Mutex<Vec<Going>>,
}

#[derive(Debug)]
struct Going {
    number: u64,
    since: Instant,
    route: Option<Arc<RouteFacts>>,
    told: bool,
}

/// A poll that is going on, until it is dropped.
pub(super) struct Poll<'w> {
    watchdog: &'w Watchdog,
    number: u64,
}

impl Watchdog {
    /// Starts the thread that looks. It ends after the watchdog is dropped.
    pub(crate) fn start(limit: Duration) -> Arc<Self> {
        let this = Arc::new(Self {
            limit,
            number: AtomicU64::new(0),
            polls: Mutex::default(),
        });
        let weak = Arc::downgrade(&this);
        let subscriber = tracing::dispatcher::get_default(Clone::clone);
        let look = move || tracing::dispatcher::with_default(&subscriber, || watch(&weak, limit));
        let thread = thread::Builder::new().name("toolkit-zero watchdog".to_owned());
        if let Err(error) = thread.spawn(look) {
            tracing::error!(%error, "the watchdog has no thread and watches nothing");
        }
        this
    }

    fn polls(&self) -> MutexGuard<'_, Vec<Going>> {
        self.polls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handler of `route` is polled from now on.
    pub(super) fn enter(&self, route: Option<&Arc<RouteFacts>>) -> Poll<'_> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.polls().push(Going {
            number,
            since: Instant::now(),
            route: route.cloned(),
            told: false,
        });
        Poll {
            watchdog: self,
            number,
        }
    }

    fn look(&self) {
        for going in &mut *self.polls() {
            let blocked = going.since.elapsed();
            if blocked >= self.limit && !going.told {
                going.told = true;
                let route = going.route.as_ref();
                let route = route.map_or("(behind a layer of the server)", |it| &it.pattern);
                tracing::error!(
                    route,
                    ?blocked,
                    "a handler blocks its worker thread; await instead, or declare the route `blocking`"
                );
            }
        }
    }
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        let mut polls = self.watchdog.polls();
        if let Some(at) = polls.iter().position(|going| going.number == self.number) {
            drop(polls.swap_remove(at));
        }
    }
}

fn watch(watchdog: &Weak<Watchdog>, limit: Duration) {
    let pause = (limit / 4).clamp(Duration::from_millis(1), Duration::from_millis(250));
    loop {
        thread::sleep(pause);
        match watchdog.upgrade() {
            Some(watchdog) => watchdog.look(),
            None => return,
        }
    }
}
