//! One coarse clock, and the walk over the connections that it paces.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::connection::Connection;
use super::limits::LimitValues;
use super::pace::{Demands, Pace};
use super::phase::{Deadlines, Phase, Verdict};
use super::tasks;

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
    demands: Demands,
    watched: Mutex<Watch>,
    at_once: Notify,
}

#[derive(Debug, Default)]
struct Watch {
    connections: Vec<Watched>,
    running: bool,
}

/// A connection, and how what is due on it moves; nothing is kept of that where nothing is due.
#[derive(Debug)]
struct Watched {
    connection: Arc<Connection>,
    upload: Option<Box<Pace>>,
    download: Option<Box<Pace>>,
    /// What the socket had taken when it last took all there was.
    caught_up: u64,
}

impl Watched {
    fn new(connection: Arc<Connection>) -> Self {
        Self {
            connection,
            upload: None,
            download: None,
            caught_up: 0,
        }
    }

    /// Judges the pace of the last `elapsed` milliseconds.
    fn pace(&mut self, elapsed: u64, demands: &Demands) {
        let connection = &self.connection;
        match connection.arrival() {
            // What is awaited no more may be awaited again, until its end was seen.
            Some(arrival) if arrival.is_unread() => {
                let pace = self.upload.get_or_insert_default();
                if pace.is_too_slow(elapsed, arrival.awaited(), demands) {
                    arrival.give_up();
                    if arrival.has_rest() {
                        connection.order_a_look();
                    }
                }
            }
            _ => self.upload = None,
        }
        connection.pace_streams(elapsed, demands);
        let (written, full) = connection.written();
        let slow = if full {
            let pace = self.download.get_or_insert_default();
            let sent = written - self.caught_up;
            pace.is_too_slow(elapsed, Some((0, sent)), demands)
        } else {
            self.caught_up = written;
            self.download = None;
            false
        };
        connection.set_slow(slow);
    }
}

impl Sweeper {
    pub(super) fn new(limits: &LimitValues) -> Arc<Self> {
        Arc::new(Self {
            tick: Deadlines::tick(limits),
            now: AtomicU64::new(0),
            deadlines: Deadlines::new(limits),
            demands: Demands::new(limits),
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
        let connection = Arc::clone(connection);
        watched.connections.push(Watched::new(connection));
        if !watched.running {
            watched.running = true;
            let sweeper = Arc::clone(self);
            tasks::spawn(async move { sweeper.run().await });
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
            if !self.sweep(whole) {
                return;
            }
        }
    }

    /// Whether there is anything left to look at.
    fn sweep(&self, elapsed: u64) -> bool {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.connections.retain_mut(|watched| {
            watched.pace(elapsed, &self.demands);
            let connection = &watched.connection;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Limits;
    use crate::transport::generation::Generation;

    #[test]
    fn a_client_that_has_caught_up_is_not_slow_when_its_socket_is_next_full() {
        let sweeper = Sweeper::new(Limits::default().values());
        let addr = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let generation = Arc::<Generation>::default();
        let peer = crate::message::Peer::Tcp(addr);
        let connection = Connection::new(peer, None, generation, Arc::clone(&sweeper));
        let mut watched = Watched::new(Arc::clone(&connection));
        connection.is_full();
        watched.pace(60_000, &sweeper.demands);
        assert_eq!(sweeper.judge(&connection), Verdict::Slow);
        connection.wrote(1 << 20);
        watched.pace(250, &sweeper.demands);
        connection.is_full();
        assert_eq!(sweeper.judge(&connection), Verdict::Keep);
        watched.pace(250, &sweeper.demands);
        assert_eq!(sweeper.judge(&connection), Verdict::Keep);
    }
}
