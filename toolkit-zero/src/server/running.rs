//! What a running server's handles share: the bound address, and how it moves and ends.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::life::{Hooks, Life};
use super::{BootError, Control, DrainReport, RebindError};
use crate::dispatch::{Answering, Dispatch};
use crate::message::{Body, Link};
use crate::transport::{Accepting, Application, Connection, Draining};

impl Application for Dispatch {
    type Future = Answering;

    fn call(&self, connection: &Arc<Connection>, request: http::Request<Body>) -> Answering {
        let link: Arc<dyn Link> = Arc::clone(connection) as _;
        self.begin(link, request)
    }
}

/// A running server, as its handles share it.
pub(super) struct Running {
    place: Mutex<Place>,
    /// The report of the drain, once the server has stopped.
    ended: watch::Sender<Option<DrainReport>>,
    /// Cancelled when `stop` is called.
    stopping: CancellationToken,
    /// Ends the drain of `stop` early.
    cut: CancellationToken,
    life: Life,
    /// How long a drain may take.
    drain: Duration,
}

struct Place {
    addr: SocketAddr,
    runtime: Option<Handle>,
    accepting: Option<Accepting<Dispatch>>,
}

impl Running {
    /// One that has not started yet.
    pub(super) fn new(hooks: Hooks, drain: Duration) -> Arc<Self> {
        let addr = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        Arc::new(Self {
            place: Mutex::new(Place {
                addr,
                runtime: None,
                accepting: None,
            }),
            ended: watch::Sender::new(None),
            stopping: CancellationToken::new(),
            cut: CancellationToken::new(),
            life: Life::new(hooks),
            drain,
        })
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves, as soon as the hooks of the start have ended.
    pub(super) fn begin(self: &Arc<Self>, accepting: Accepting<Dispatch>, runtime: Handle) {
        *self.place() = Place {
            addr: accepting.addr(),
            runtime: Some(runtime.clone()),
            accepting: Some(accepting),
        };
        if !self.life.has_start_hooks() {
            // Nothing is waited for, so it is ready when this returns.
            let mut starting = pin!(self.start());
            let mut context = Context::from_waker(Waker::noop());
            let _ready = starting.as_mut().poll(&mut context);
            return;
        }
        let running = Arc::clone(self);
        drop(runtime.spawn(async move {
            tokio::select! {
                () = running.start() => {}
                () = running.stopping.cancelled() => {}
            }
        }));
    }

    async fn start(self: &Arc<Self>) {
        match self.life.start(&Control::new(Arc::clone(self))).await {
            Ok(()) => {
                if let Some(accepting) = &self.place().accepting {
                    accepting.open();
                }
            }
            Err(_) => {
                self.stop();
                self.cut();
            }
        }
    }

    pub(super) fn life(&self) -> &Life {
        &self.life
    }

    /// Whether requests are welcome.
    pub(super) fn is_ready(&self) -> bool {
        self.life.has_started() && !self.stopping.is_cancelled()
    }

    /// Returns when the hooks of the start have ended, or the server was told to stop before they had.
    pub(super) async fn started(&self) -> Result<(), BootError> {
        tokio::select! {
            biased;
            started = self.life.started() => {
                started.map_err(|error| BootError::Start(error.to_string()))
            }
            () = self.stopping.cancelled() => Ok(()),
        }
    }

    /// The address bound now, or last.
    pub(super) fn addr(&self) -> SocketAddr {
        self.place().addr
    }

    /// Where tasks of the server run; `None` before it has started.
    pub(super) fn runtime(&self) -> Option<Handle> {
        self.place().runtime.clone()
    }

    /// Serves `to` from now on; what it returns is the drain of the old address. Call it inside the runtime.
    pub(super) fn rebind(&self, to: SocketAddr) -> Result<Draining, RebindError> {
        let mut place = self.place();
        let accepting = place
            .accepting
            .as_mut()
            .ok_or_else(|| RebindError::stopped(to))?;
        let from = accepting.addr();
        let draining = accepting.succeed(to)?;
        place.addr = accepting.addr();
        tracing::info!(%from, to = %place.addr, "the server has moved");
        Ok(draining)
    }

    /// Begins to stop; a second call changes nothing. Call it inside the runtime.
    pub(super) fn stop(self: &Arc<Self>) {
        let Some(accepting) = self.place().accepting.take() else {
            return;
        };
        self.stopping.cancel();
        let draining = accepting.drain();
        let running = Arc::clone(self);
        drop(tokio::spawn(async move {
            let mut draining = draining;
            let deadline = Instant::now() + running.drain;
            let report = tokio::select! {
                report = &mut draining => report,
                () = running.cut.cancelled() => {
                    draining.cut();
                    draining.await
                }
            };
            let hurry = async {
                tokio::select! {
                    () = sleep_until(deadline) => {}
                    () = running.cut.cancelled() => {}
                }
            };
            let aborted = running.life.end(hurry, running.drain).await;
            running
                .ended
                .send_replace(Some(report.and_aborted(aborted)));
        }));
    }

    /// Whether `stop` was called, and a wait for it.
    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Ends a drain that `stop` has begun, or will begin, without waiting for what is left.
    pub(super) fn cut(&self) {
        self.cut.cancel();
    }

    /// Returns when the server has stopped.
    pub(super) async fn ended(&self) -> DrainReport {
        let mut ended = self.ended.subscribe();
        match ended.wait_for(Option::is_some).await {
            Ok(report) => report.unwrap_or_default(),
            // The sender is in `self`.
            Err(_) => DrainReport::default(),
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running({})", self.addr())
    }
}
