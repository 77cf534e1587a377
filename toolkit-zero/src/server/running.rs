//! What a running server's handles share: the bound address, and how it moves and ends.

use std::fmt;
use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::handover::Succession;
use super::life::{Hooks, Life};
use super::systemd::Service;
use super::{BootError, Control, DrainReport, Endpoint, Listen, ListenError, RebindError};
use crate::dispatch::{Answering, Dispatch};
use crate::message::Request;
#[cfg(feature = "tls")]
use crate::transport::Secure;
use crate::transport::{Accepting, Application, Carrier, Draining, tasks};

impl Application for Dispatch {
    type Future = Answering;

    #[inline]
    fn call(&self, request: Request) -> Answering {
        self.begin(request)
    }

    #[cfg(feature = "proxy-protocol")]
    fn is_introduced_by(&self, peer: crate::message::Peer) -> bool {
        Self::is_introduced_by(self, peer)
    }
}

/// A running server, as its handles share it.
pub(super) struct Running {
    place: Mutex<Place>,
    /// The report of the drain, once the server has stopped.
    ended: watch::Sender<Option<DrainReport>>,
    /// Cancelled when `stop` is called.
    told: CancellationToken,
    /// Cancelled when the drain of `stop` begins.
    stopping: CancellationToken,
    /// Ends the drain of `stop` early.
    cut: CancellationToken,
    life: Life,
    /// How long a drain may take.
    drain: Duration,
    /// How long it goes on accepting once it is told to stop.
    announce: Duration,
    /// Until it accepts.
    succession: Mutex<Option<Succession>>,
    /// Another process answers who comes now.
    handed_over: AtomicBool,
    service: Option<Service>,
}

struct Place {
    addr: SocketAddr,
    addrs: Vec<Endpoint>,
    runtime: Option<Handle>,
    /// Weak, for it holds the states, and one of them is a handle on this. A task of the runtime keeps it, so that the
    /// server ends with its runtime.
    accepting: Weak<Mutex<Option<Accepting<Dispatch>>>>,
    /// The drains of moves. A stop waits for those that are not over.
    earlier: Vec<Drain>,
}

/// A drain that goes on by itself, and its report.
#[derive(Clone, Debug)]
pub(super) struct Drain(watch::Receiver<Option<DrainReport>>);

impl Drain {
    fn is_over(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Returns when it is over.
    pub(super) async fn report(mut self) -> DrainReport {
        match self.0.wait_for(Option::is_some).await {
            Ok(report) => report.unwrap_or_default(),
            // Its task is gone with the runtime, and every connection with it.
            Err(_) => DrainReport::default(),
        }
    }
}

impl Running {
    /// One that has not started yet.
    pub(super) fn new(
        hooks: Hooks,
        drain: Duration,
        announce: Duration,
        service: Option<Service>,
    ) -> Arc<Self> {
        let addr = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        Arc::new(Self {
            place: Mutex::new(Place {
                addr,
                addrs: Vec::new(),
                runtime: None,
                accepting: Weak::new(),
                earlier: Vec::new(),
            }),
            ended: watch::Sender::new(None),
            told: CancellationToken::new(),
            stopping: CancellationToken::new(),
            cut: CancellationToken::new(),
            life: Life::new(hooks),
            drain,
            announce,
            succession: Mutex::new(None),
            handed_over: AtomicBool::new(false),
            service,
        })
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves, as soon as the hooks of the start have ended.
    pub(super) fn begin(
        self: &Arc<Self>,
        accepting: Accepting<Dispatch>,
        succession: Option<Succession>,
        runtime: &Handle,
    ) {
        *self.succession() = succession;
        for secure in accepting.secures() {
            secure.watch(runtime);
        }
        let (addr, addrs) = (accepting.addr(), accepting.endpoints());
        let kept = Arc::new(Mutex::new(Some(accepting)));
        *self.place() = Place {
            addr,
            addrs,
            runtime: Some(runtime.clone()),
            accepting: Arc::downgrade(&kept),
            earlier: Vec::new(),
        };
        let ended = self.ended.subscribe();
        tasks::spawn_on(runtime, async move {
            let mut ended = ended;
            // An error is the end as well.
            drop(ended.wait_for(Option::is_some).await);
            drop(kept);
        });
        if !self.life.has_start_hooks() {
            // Nothing is waited for, so it is ready when this returns.
            let mut starting = pin!(self.start());
            let mut context = Context::from_waker(Waker::noop());
            let _ready = starting.as_mut().poll(&mut context);
            return;
        }
        let running = Arc::clone(self);
        tasks::spawn_on(runtime, async move {
            tokio::select! {
                () = running.start() => {}
                () = running.told.cancelled() => {}
            }
        });
    }

    async fn start(self: &Arc<Self>) {
        let started = self.life.start(&Control::new(Arc::clone(self))).await;
        if started.is_err() {
            self.cut();
            self.stop();
        } else {
            self.accepting(|accepting| {
                if let Some(accepting) = accepting {
                    self.open(accepting);
                }
            });
        }
    }

    /// Accepts, and tells those who want to know.
    fn open(self: &Arc<Self>, accepting: &Accepting<Dispatch>) {
        accepting.open();
        let Some(runtime) = self.runtime() else {
            return;
        };
        let succession = self.succession().take();
        let takeover = succession.as_ref().is_some_and(Succession::is_takeover);
        if let Some(succession) = succession {
            succession.serve(accepting, self, &runtime);
        }
        if let Some(service) = &self.service {
            service.ready(&accepting.urls(), takeover);
            service.stay_alive(&runtime, self.stopping.clone());
        }
    }

    fn succession(&self) -> MutexGuard<'_, Option<Succession>> {
        let succession = self.succession.lock();
        succession.unwrap_or_else(PoisonError::into_inner)
    }

    /// What another process may take over; `None` once the server drains.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(super) fn lend(&self) -> Option<std::io::Result<crate::transport::Loan>> {
        self.accepting(|accepting| accepting.as_ref().map(Accepting::lend))
    }

    /// Another process serves: this one finishes what it has begun.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(super) fn hand_over(self: &Arc<Self>, loan: crate::transport::Loan, taken: &[usize]) {
        self.handed_over.store(true, Ordering::Relaxed);
        loan.give(taken);
        self.told.cancel();
        self.begin_drain();
    }

    pub(super) fn life(&self) -> &Life {
        &self.life
    }

    /// Whether requests are welcome, here or in the process that has taken over.
    pub(super) fn is_ready(&self) -> bool {
        let is_over = self.told.is_cancelled() && !self.handed_over.load(Ordering::Relaxed);
        self.life.has_started() && !is_over
    }

    /// Returns when the hooks of the start have ended, or the server was told to stop before they had.
    pub(super) async fn started(&self) -> Result<(), BootError> {
        tokio::select! {
            biased;
            started = self.life.started() => {
                started.map_err(|error| BootError::Start(error.to_string()))
            }
            () = self.told.cancelled() => Ok(()),
        }
    }

    /// The address bound now, or last.
    pub(super) fn addr(&self) -> SocketAddr {
        self.place().addr
    }

    /// All that is listened on now, or was last.
    pub(super) fn addrs(&self) -> Vec<Endpoint> {
        self.place().addrs.clone()
    }

    /// Where tasks of the server run; `None` before it has started.
    pub(super) fn runtime(&self) -> Option<Handle> {
        self.place().runtime.clone()
    }

    /// Lets `work` do something with what accepts; `None` once the server has been stopped or its runtime has ended.
    fn accepting<R>(&self, work: impl FnOnce(&mut Option<Accepting<Dispatch>>) -> R) -> R {
        let kept = self.place().accepting.upgrade();
        match kept {
            Some(kept) => work(&mut kept.lock().unwrap_or_else(PoisonError::into_inner)),
            None => work(&mut None),
        }
    }

    /// Everything that is listened on, as a person writes it.
    pub(super) fn urls(&self) -> Vec<String> {
        self.accepting(|accepting| accepting.as_ref().map(Accepting::urls))
            .unwrap_or_default()
    }

    #[cfg(feature = "tls")]
    pub(super) fn reload_tls(&self) -> Result<(), super::TlsError> {
        let secures: Vec<Arc<Secure>> = self.accepting(|accepting| {
            let accepting = accepting.as_ref();
            let secures = accepting.map(|accepting| accepting.secures().cloned().collect());
            secures.unwrap_or_default()
        });
        secures.iter().try_for_each(|secure| secure.reload())
    }

    /// Serves `to` from now on; what it returns is the drain of the old address, which goes on by itself.
    pub(super) fn rebind(self: &Arc<Self>, to: Listen) -> Result<Drain, RebindError> {
        self.succeed(to, Accepting::succeed)
    }

    /// The same, with TLS from now on, or without.
    #[cfg(feature = "tls")]
    pub(super) fn rebind_tls(
        self: &Arc<Self>,
        to: Listen,
        tls: Option<super::Tls>,
    ) -> Result<Drain, RebindError> {
        let secure = tls.map(Secure::new).transpose();
        let secure = secure.map_err(|source| RebindError::Tls {
            to: to.endpoint(),
            source,
        })?;
        for remark in secure.iter().flat_map(|secure| secure.remarks()) {
            tracing::warn!("{remark}");
        }
        let drain = self.succeed(to, |accepting, to| accepting.succeed_as(to, secure.clone()))?;
        if let (Some(secure), Some(runtime)) = (secure, self.runtime()) {
            secure.watch(&runtime);
        }
        Ok(drain)
    }

    fn succeed(
        self: &Arc<Self>,
        to: Listen,
        succeed: impl FnOnce(&mut Accepting<Dispatch>, Listen) -> Result<Draining, RebindError>,
    ) -> Result<Drain, RebindError> {
        let runtime = self.runtime();
        // Whoever asks, sockets and tasks belong to the server's runtime.
        let _inside = runtime.as_ref().map(Handle::enter);
        self.accepting(|accepting| {
            let Some(accepting) = accepting else {
                return Err(RebindError::stopped(to.endpoint()));
            };
            let from = accepting.primary().to_string();
            let drain = self.watched(succeed(accepting, to)?);
            self.note(accepting, Some(&drain));
            tracing::info!(from, to = %accepting.primary(), "the server has moved");
            Ok(drain)
        })
    }

    /// Serves a connection that was not accepted here. A server that has stopped drops it.
    pub(super) fn serve(&self, stream: Box<dyn Carrier>, peer: SocketAddr) {
        let runtime = self.runtime();
        let _inside = runtime.as_ref().map(Handle::enter);
        self.accepting(|accepting| {
            if let Some(accepting) = accepting {
                accepting.serve(stream, peer);
            }
        });
    }

    /// Serves `listen` too, and tells where that is.
    pub(super) fn listen(self: &Arc<Self>, listen: Listen) -> Result<Endpoint, ListenError> {
        let runtime = self.runtime();
        let _inside = runtime.as_ref().map(Handle::enter);
        self.accepting(|accepting| {
            let Some(accepting) = accepting else {
                return Err(ListenError::stopped(listen.endpoint()));
            };
            let endpoint = accepting.listen(listen)?;
            self.note(accepting, None);
            tracing::info!(addr = %endpoint, "the server listens there too");
            Ok(endpoint)
        })
    }

    /// Listens on `addr` no more; what it returns is the drain, which goes on by itself.
    pub(super) fn unlisten(self: &Arc<Self>, addr: &Endpoint) -> Result<Drain, ListenError> {
        let runtime = self.runtime();
        let _inside = runtime.as_ref().map(Handle::enter);
        self.accepting(|accepting| {
            let Some(accepting) = accepting else {
                return Err(ListenError::stopped(addr.clone()));
            };
            let drain = self.watched(accepting.unlisten(addr)?);
            self.note(accepting, Some(&drain));
            tracing::info!(%addr, "the server listens there no more");
            Ok(drain)
        })
    }

    /// Writes down where the server listens now, and a drain that a stop shall wait for.
    fn note(&self, accepting: &Accepting<Dispatch>, drain: Option<&Drain>) {
        let mut place = self.place();
        place.addr = accepting.addr();
        place.addrs = accepting.endpoints();
        place.earlier.retain(|drain| !drain.is_over());
        place.earlier.extend(drain.cloned());
    }

    /// Lets a drain be cut with the server, and tell its report to several. Call it inside the runtime.
    fn watched(self: &Arc<Self>, mut draining: Draining) -> Drain {
        let (over, report) = watch::channel(None);
        let running = Arc::clone(self);
        tasks::spawn(async move {
            let report = tokio::select! {
                report = &mut draining => report,
                () = running.cut.cancelled() => {
                    draining.cut();
                    draining.await
                }
            };
            over.send_replace(Some(report));
        });
        Drain(report)
    }

    /// Begins to stop; a second call changes nothing. Whoever asks for readiness is told so from now on, and the drain begins
    /// once they have had the time to.
    pub(super) fn stop(self: &Arc<Self>) {
        let runtime = self.runtime();
        let _inside = runtime.as_ref().map(Handle::enter);
        let known = self.life.has_started() && !self.cut.is_cancelled();
        let told = self.accepting(|accepting| {
            let first = accepting.is_some() && !self.told.is_cancelled();
            self.told.cancel();
            first
        });
        if !told {
            return;
        }
        if let Some(service) = &self.service {
            service.stopping();
        }
        if self.announce.is_zero() || !known {
            return self.begin_drain();
        }
        tracing::info!(
            seconds = self.announce.as_secs_f64(),
            "the server stops; it goes on accepting until everybody has heard"
        );
        let running = Arc::clone(self);
        tasks::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(running.announce) => {}
                () = running.cut.cancelled() => {}
            }
            running.begin_drain();
        });
    }

    /// Accepts no more, and finishes what was begun.
    fn begin_drain(self: &Arc<Self>) {
        let runtime = self.runtime();
        let _inside = runtime.as_ref().map(Handle::enter);
        let Some(accepting) = self.accepting(Option::take) else {
            return;
        };
        self.stopping.cancel();
        if let Some(succession) = self.succession().take() {
            succession.give_up(&accepting);
        }
        let mut drains = mem::take(&mut self.place().earlier);
        drains.retain(|drain| !drain.is_over());
        drains.push(self.watched(accepting.drain()));
        let running = Arc::clone(self);
        tasks::spawn(async move {
            let deadline = Instant::now() + running.drain;
            let mut report = DrainReport::default();
            for drain in drains {
                report = report.and(drain.report().await);
            }
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
        });
    }

    /// Whether `stop` was called, and a wait for it.
    pub(super) fn told(&self) -> &CancellationToken {
        &self.told
    }

    /// Whether the drain of a stop has begun, and a wait for it.
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
