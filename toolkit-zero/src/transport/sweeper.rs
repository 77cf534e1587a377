//! One coarse clock, and the walk over the connections that it paces.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::connection::Connection;
use super::limits::LimitValues;
use super::phase::{Deadlines, Phase, Verdict};

/// One coarse clock, and the walk over the connections that it paces.
///
/// No request arms a timer: a connection writes its phase and the clock's time into a word, the
/// sweeper reads the words once a tick. Its task exists only while there are connections, and the clock
/// stands still without it. A sweep moves the clock by two ticks at most: a process that was stalled or
/// suspended does not blame its clients for the time it was away.
#[derive(Debug)]
pub(super) struct Sweeper {
    tick: Duration,
    now: AtomicU64,
    deadlines: Deadlines,
    watched: Mutex<Watched>,
    at_once: Notify,
}

#[derive(Debug, Default)]
struct Watched {
    connections: Vec<Arc<Connection>>,
    running: bool,
}

impl Sweeper {
    pub(super) fn new(limits: &LimitValues) -> Arc<Self> {
        Arc::new(Self {
            tick: Deadlines::tick(limits),
            now: AtomicU64::new(0),
            deadlines: Deadlines::new(limits),
            watched: Mutex::default(),
            at_once: Notify::new(),
        })
    }

    /// Milliseconds of the coarse clock, up to a tick old.
    pub(super) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// What `connection` is asked for now.
    pub(super) fn judge(&self, connection: &Connection) -> Verdict {
        self.deadlines
            .verdict(connection.word(), connection.circumstances())
    }

    /// Looks at `connection` once a tick until it is closed.
    pub(super) fn watch(self: &Arc<Self>, connection: &Arc<Connection>) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.connections.push(Arc::clone(connection));
        if !watched.running {
            watched.running = true;
            let sweeper = Arc::clone(self);
            drop(tokio::spawn(async move { sweeper.run().await }));
        }
    }

    /// Looks at all connections at once, not at the next tick.
    pub(super) fn sweep_now(&self) {
        self.at_once.notify_one();
    }

    async fn run(&self) {
        let mut last = Instant::now();
        let mut lived = Duration::ZERO;
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.tick) => {}
                () = self.at_once.notified() => {}
            }
            lived += last.elapsed().min(self.tick * 2);
            last = Instant::now();
            let whole = u64::try_from(lived.as_millis()).unwrap_or(0);
            lived -= Duration::from_millis(whole);
            self.now.fetch_add(whole, Ordering::Relaxed);
            if !self.sweep() {
                return;
            }
        }
    }

    /// Whether there is anything left to look at.
    fn sweep(&self) -> bool {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.connections.retain(|connection| {
            if self.judge(connection) != Verdict::Keep {
                connection.order_a_look();
            }
            connection.phase() != Phase::Closed
        });
        watched.running = !watched.connections.is_empty();
        if !watched.running {
            watched.connections = Vec::new();
        }
        watched.running
    }
}
