//! A server that is being built.

use std::fmt;
use std::iter;
use std::num::NonZeroUsize;
use std::panic::Location;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

#[cfg(feature = "tls")]
use super::Tls;
use super::background::BackgroundServer;
use super::boot::{Booted, boot};
use super::life::Hooks;
use super::probes::Probe;
use super::systemd::Service;
use super::{BootError, Control, DrainReport, Fault, Limits, Listen, Signals, StartReport};
use crate::declare::{Gathered, IntoHandler, Mount, ServerMechanism, gather};
use crate::dispatch::Reshape;
use crate::extract::Shared;
use crate::message::{BoxError, Field, Network, Proxies, StateMap};
use crate::middleware::{HttpLayer, HttpService, around};
use crate::reply::{IntoResponse, Problem};
use crate::routing::{Around, Origin, SocketType, TrailingSlash};

/// A server that is being built: routes, states, layers and limits. Plain data; it serves once it is booted.
///
/// `Server::default()` is empty, `Server::of([..])` starts from a list, and
/// [`collected!()`](crate::collected) has the routes that the attributes declared.
///
/// ```
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::server::Limits;
///
/// #[get("/greeting")]
/// async fn greeting(State(greeting): State<String>) -> String { greeting }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut server = Server::of([route!(greeting)]);
/// server.state(String::from("hello")).limits(Limits::default().body(64 * 1024));
/// let bg = server.serve_managed(([127, 0, 0, 1], 0));
/// println!("serving on {}", bg.addr());
/// bg.stop().await;
/// # }
/// ```
#[derive(Default)]
#[must_use = "a server serves once it is booted: `serve_managed(addr)` or `run(addr)`"]
pub struct Server {
    pub(super) routes: Vec<SocketType>,
    pub(super) gathered: Gathered,
    pub(super) states: StateMap,
    pub(super) layers: Vec<Around>,
    pub(super) limits: Limits,
    /// Where they were set.
    pub(super) limited: Option<Origin>,
    listens: Vec<Listen>,
    pub(super) trailing_slash: TrailingSlash,
    pub(super) timeout: Option<Duration>,
    pub(super) watchdog: Option<Duration>,
    workers: Option<NonZeroUsize>,
    pub(super) reshape: Option<Reshape>,
    pub(super) proxies: Option<Proxies>,
    #[cfg(feature = "proxy-protocol")]
    pub(super) introducers: Vec<Network>,
    pub(super) life: Hooks,
    pub(super) readiness: Option<Probe>,
    pub(super) liveness: Option<Probe>,
    pub(super) announce: Duration,
    pub(super) service: Option<Service>,
    pub(super) handover: Option<PathBuf>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<(Tls, Origin)>,
    hooks: Option<BootHooks>,
    pub(super) unseen: &'static [&'static str],
}

/// What `#[toolkit_zero::main]` does around the boot of its server, wherever that is booted.
#[derive(Clone, Copy)]
pub(crate) struct BootHooks {
    /// The routes are checked, and nothing is bound.
    pub(crate) checked: fn(Result<&StartReport, &BootError>),
    /// The server serves.
    pub(crate) started: fn(&BackgroundServer),
}

impl Server {
    /// A server with these routes.
    pub fn of(routes: impl IntoIterator<Item = SocketType>) -> Self {
        Self {
            routes: routes.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Adds a route. A conflict or a bad pattern is reported by the boot, with all others.
    pub fn mechanism(&mut self, route: SocketType) -> &mut Self {
        self.routes.push(route);
        self
    }

    /// Gives a state, which handlers take as `State<T>`. One value a type: the last one given wins.
    pub fn state<T: Shared>(&mut self, value: T) -> &mut Self {
        self.states.insert(value);
        self
    }

    /// Puts a tower layer around everything, refusals such as 404 included. The first that is added is outermost.
    pub fn layer(&mut self, layer: impl HttpLayer) -> &mut Self {
        self.layers.push(around(layer));
        self
    }

    /// Answers what no route matches, instead of 404: a handler as `.onconnect(..)` takes it. Below a prefix that is
    /// [`ServerMechanism::fallback`], or `#[fallback]` in a `#[routes(..)]` module.
    #[track_caller]
    pub fn fallback<F, Arguments>(&mut self, handler: F) -> &mut Self
    where
        F: IntoHandler<Arguments>,
        Arguments: 'static,
    {
        self.mechanism(ServerMechanism::fallback("/").onconnect(handler))
    }

    /// Answers refusals of this status, see [`ServerMechanism::catch`].
    #[track_caller]
    pub fn catch<F, Arguments>(&mut self, status: StatusCode, handler: F) -> &mut Self
    where
        F: IntoHandler<Arguments>,
        Arguments: 'static,
    {
        self.mechanism(ServerMechanism::catch(status, "/").onconnect(handler))
    }

    /// Lets a tower service answer what is below a prefix and matched by no route: an axum `Router`, an application that is
    /// moved here route by route. It sees paths without the prefix. For a live server there is
    /// [`ServerMechanism::mount`].
    ///
    /// Layers, limits, deadlines and drains of the server hold for it; catchers and [`problems`](Self::problems) see only
    /// refusals of ours.
    #[track_caller]
    pub fn mount(&mut self, prefix: impl Into<String>, service: impl HttpService) -> &mut Self {
        self.mechanism(ServerMechanism::mount(prefix, service))
    }

    /// As [`mount`](Self::mount), but the service sees the whole path, as a tonic service wants it:
    /// `server.forward("/helloworld.Greeter", GreeterServer::new(greeter))`. gRPC is HTTP/2, which is spoken with prior
    /// knowledge on the port of HTTP/1.1.
    #[track_caller]
    pub fn forward(&mut self, prefix: impl Into<String>, service: impl HttpService) -> &mut Self {
        self.mechanism(ServerMechanism::forward(prefix, service))
    }

    /// Gives every refusal a shape of the program's own, in one place: those of the framework, and every
    /// [`Problem`] of a handler. What no [`catch`](Self::catch) answers comes here. The status and the header fields of the
    /// problem are kept, unless the answer has its own.
    ///
    /// ```
    /// use serde::Serialize;
    /// use toolkit_zero::prelude::*;
    ///
    /// #[derive(Serialize)]
    /// struct Refusal { error: String }
    ///
    /// let mut server = Server::default();
    /// server.problems(|problem| Json(Refusal { error: problem.to_string() }));
    /// ```
    pub fn problems<F, O>(&mut self, shape: F) -> &mut Self
    where
        F: Fn(Problem) -> O + Send + Sync + 'static,
        O: IntoResponse,
    {
        self.reshape = Some(Arc::new(move |problem| shape(problem).into_response()));
        self
    }

    /// Runs before the server accepts anybody: connect to a database, warm a cache, start tasks with
    /// [`Control::spawn_tracked`]. Hooks run one after the other; clients that connect meanwhile wait.
    ///
    /// The socket is bound before the hooks run, and [`serve_managed`](Self::serve_managed) does not wait for them:
    /// [`BackgroundServer::started`] does, as [`run`](Self::run) and `#[toolkit_zero::main]` do. An error fails the boot: the
    /// server stops without having served anybody.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    ///
    /// let mut server = Server::default();
    /// server.on_start(|control: Control| async move {
    ///     control.spawn_tracked(async { /* until `control.shutdown().requested()` */ });
    ///     Ok::<(), std::io::Error>(())
    /// });
    /// server.on_stop(|| async { println!("everything was answered") });
    /// ```
    pub fn on_start<F, Fu, E>(&mut self, hook: F) -> &mut Self
    where
        F: FnOnce(Control) -> Fu + Send + 'static,
        Fu: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let hook = |control| -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>> {
            let doing = hook(control);
            Box::pin(async move { doing.await.map_err(Into::into) })
        };
        self.life.start.push(Box::new(hook));
        self
    }

    /// Runs when a server that stops has answered everything and its tracked tasks have ended. Hooks run one after the other;
    /// each may take as long as a drain may.
    pub fn on_stop<F, Fu>(&mut self, hook: F) -> &mut Self
    where
        F: FnOnce() -> Fu + Send + 'static,
        Fu: Future<Output = ()> + Send + 'static,
    {
        self.life.stop.push(Box::new(|| Box::pin(hook())));
        self
    }

    /// Answers `GET` on this path with 200 while the server takes requests, and with 503 before its start hooks have ended
    /// and from the moment it is told to stop, before its drain begins: a load balancer that asks sends nobody any more.
    #[track_caller]
    pub fn readiness(&mut self, path: impl Into<String>) -> &mut Self {
        self.readiness = Some((path.into(), Origin::of_call(Location::caller())));
        self
    }

    /// Goes on accepting for so long after the server is told to stop, before its drain begins: a load balancer that asks for
    /// [`readiness`](Self::readiness), or learns of the end by other ways, needs that time to send nobody any more. Zero by
    /// default.
    ///
    /// It holds however the server is told: by SIGTERM or Ctrl-C, by [`BackgroundServer::stop`], by
    /// [`Control::request_stop`]. Requests are answered as before meanwhile, and [`Shutdown`](crate::extract::Shutdown) tells
    /// of the end when the drain begins. A second signal cuts it short together with the drain. Kubernetes kills a pod 30 s
    /// after SIGTERM (`terminationGracePeriodSeconds`): this and [`Limits::drain`](super::Limits::drain) have to fit.
    ///
    /// ```
    /// use std::time::Duration;
    /// use toolkit_zero::prelude::*;
    ///
    /// let mut server = Server::default();
    /// server.readiness("/readyz").announce(Duration::from_secs(5));
    /// ```
    pub fn announce(&mut self, time: Duration) -> &mut Self {
        self.announce = time;
        self
    }

    /// Answers `GET` on this path with 200 as long as the server answers at all.
    #[track_caller]
    pub fn liveness(&mut self, path: impl Into<String>) -> &mut Self {
        self.liveness = Some((path.into(), Origin::of_call(Location::caller())));
        self
    }

    /// Believes what proxies of these networks (`10.0.0.0/8`, `fd00::/8`, `127.0.0.1`, or `unix:` for those that
    /// come over a Unix socket) say in `Forwarded` (RFC 7239):
    /// [`ClientAddr`](crate::extract::ClientAddr) is then the last address that is none of theirs. Without this nobody is
    /// believed. Of this and [`trust_x_forwarded_for`](Self::trust_x_forwarded_for) the last call holds: trust the field that
    /// your proxies write, as a client can send the other one.
    ///
    /// A network that cannot be read is a fault at boot.
    #[track_caller]
    pub fn trust_forwarded<'n>(&mut self, proxies: impl IntoIterator<Item = &'n str>) -> &mut Self {
        self.trust(proxies, Field::Forwarded)
    }

    /// As [`trust_forwarded`](Self::trust_forwarded), for proxies that write `X-Forwarded-For`.
    #[track_caller]
    pub fn trust_x_forwarded_for<'n>(
        &mut self,
        proxies: impl IntoIterator<Item = &'n str>,
    ) -> &mut Self {
        self.trust(proxies, Field::XForwardedFor)
    }

    /// Expects that every connection from these networks begins with a PROXY protocol header (version 1 or 2, as `HAProxy`
    /// specifies it), before TLS: [`ClientAddr`](crate::extract::ClientAddr) is then the address that it tells. Without this
    /// nobody is believed, and a header is no HTTP. The last call holds.
    ///
    /// The protocol forbids to guess: a connection from there without a header is closed, with 400 where HTTP is spoken, and
    /// a warning. A header is taken within [`Limits::header_read`](crate::server::Limits::header_read) and 4 KiB; what a
    /// proxy adds to the addresses is passed over. A proxy that speaks for itself (`LOCAL`, `UNKNOWN`) keeps its own address.
    /// The networks of [`trust_forwarded`](Self::trust_forwarded) are compared with the address that was told.
    ///
    /// ```no_run
    /// use toolkit_zero::prelude::*;
    ///
    /// #[get("/")]
    /// async fn whoami(ClientAddr(addr): ClientAddr) -> String {
    ///     addr.to_string()
    /// }
    ///
    /// #[toolkit_zero::main]
    /// async fn main(server: &mut Server) {
    ///     server.trust_proxy_protocol(["10.0.0.0/8"]);
    /// }
    /// ```
    ///
    /// A network that cannot be read is a fault at boot.
    #[cfg(feature = "proxy-protocol")]
    #[track_caller]
    pub fn trust_proxy_protocol<'n>(
        &mut self,
        proxies: impl IntoIterator<Item = &'n str>,
    ) -> &mut Self {
        self.introducers = self.networks(proxies);
        self
    }

    #[track_caller]
    fn trust<'n>(&mut self, proxies: impl IntoIterator<Item = &'n str>, field: Field) -> &mut Self {
        let networks = self.networks(proxies);
        self.proxies = Some(Proxies::new(networks, field));
        self
    }

    #[track_caller]
    fn networks<'n>(&mut self, proxies: impl IntoIterator<Item = &'n str>) -> Vec<Network> {
        let origin = Origin::of_call(Location::caller());
        let mut networks = Vec::new();
        for text in proxies {
            match Network::parse(text) {
                Some(network) => networks.push(network),
                None => self.gathered.faults.push(
                    Fault::new(
                        format!("`{text}` is no network"),
                        "write an address, one with the number of its bits that count: `10.0.0.0/8`, or `unix:`",
                    )
                    .at(origin, "trusted here"),
                ),
            }
        }
        networks
    }

    /// Speaks HTTPS, and nothing else, wherever it serves. The last call holds.
    ///
    /// The files are read at boot, where what is wrong with them is a fault like all others.
    #[cfg(feature = "tls")]
    #[track_caller]
    pub fn tls(&mut self, tls: Tls) -> &mut Self {
        self.tls = Some((tls, Origin::of_call(Location::caller())));
        self
    }

    /// Sets what clients are allowed. Limits that contradict each other are a fault at boot.
    #[track_caller]
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
        self.limited = Some(Origin::of_call(Location::caller()));
        self
    }

    /// Says what becomes of a path that no route matches but for a slash at its end; [`TrailingSlash::Strict`] by default.
    pub fn trailing_slash(&mut self, policy: TrailingSlash) -> &mut Self {
        self.trailing_slash = policy;
        self
    }

    /// How long a handler may take, where its route has no timeout of its own; past it the handler is dropped and the
    /// answer is a 503. Without it there is no limit.
    ///
    /// It ends with the head of the answer: a body that is streamed takes what it takes.
    pub fn timeout(&mut self, limit: Duration) -> &mut Self {
        self.timeout = Some(limit);
        self
    }

    /// Looks for handlers that block their worker thread for longer than `limit`, and logs their routes at `error`.
    ///
    /// A handler that computes for long or waits without `await` holds up every other request of its worker. Without
    /// this nothing is looked at, and nothing is paid. `tokio::task::block_in_place` is reported too, though it
    /// moves the other work away. What runs on the blocking pool is not looked at.
    pub fn watchdog(&mut self, limit: Duration) -> &mut Self {
        self.watchdog = Some(limit);
        self
    }

    /// How many worker threads [`run`](Self::run) uses; without it, one for each core. Zero means the same.
    ///
    /// They are the threads of one tokio runtime: what waits for a busy thread is taken over by another, and
    /// `tokio::task::block_in_place` works in handlers. A runtime of its own for each core, with one listener shared by all,
    /// was measured on two cores and is not offered, for it gained nothing: 0.95 times the requests per second of CPU on kept
    /// HTTP/1 connections and on new ones, 1.04 times over HTTP/2 (medians of nine runs that differ by 10 %).
    ///
    /// [`serve_managed`](Self::serve_managed) serves on the runtime it is called in and ignores this.
    pub fn workers(&mut self, count: usize) -> &mut Self {
        self.workers = NonZeroUsize::new(count);
        self
    }

    /// Listens there too, beside the address that the server is booted with: on another address, or on a Unix socket. The
    /// boot fails if one of them cannot be bound, and binds none then.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    /// use toolkit_zero::server::Listen;
    ///
    /// # #[cfg(unix)]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let directory = std::env::temp_dir();
    /// # let path = directory.join(format!("toolkit-zero-doc-{}.sock", std::process::id()));
    /// let mut server = Server::default();
    /// server.listen(Listen::unix(&path).mode(0o660)).listen(([127, 0, 0, 1], 0));
    /// let bg = server.serve_managed(([127, 0, 0, 1], 0));
    /// assert_eq!(bg.addrs().len(), 3);
    /// bg.stop().await;
    /// assert!(!path.exists());
    /// # }
    /// # #[cfg(not(unix))]
    /// # fn main() {}
    /// ```
    pub fn listen(&mut self, listen: impl Into<Listen>) -> &mut Self {
        self.listens.push(listen.into());
        self
    }

    /// Takes part in what systemd does for a service (feature `systemd`; does nothing outside of it, or on other systems).
    /// `#[toolkit_zero::main]` calls it by itself when the feature is on.
    ///
    /// - Sockets that systemd has bound (`app.socket`) are served in place of the address of the boot. One that stands for the
    ///   address or for a socket of [`listen`](Self::listen) takes its place, and is as [plain](Listen::plain).
    /// - systemd is told when requests are answered (`Type=notify`), and when the server stops; a process that
    ///   [takes over](Self::handover) says that it is the main one (`NotifyAccess=all`).
    /// - With `WatchdogSec=` it is told that the runtime runs, twice in that time.
    ///
    /// The boot fails if a socket that was given cannot be used. [`Listen::passed`] takes them by hand.
    #[cfg(feature = "systemd")]
    pub fn systemd(&mut self) -> &mut Self {
        self.service = Some(Service);
        self
    }

    /// Takes over from the process that serves now, if one listens at `path`, and lets the next one take over (feature
    /// `handover`, Linux): a new version of a program replaces the old one, and no connect is refused meanwhile.
    ///
    /// Start the new process beside the old one, with the same `path`. It makes sure that its routes, states and certificates
    /// are in order, gets the listening sockets of the old one, and runs what is given to [`on_start`](Self::on_start). Then it
    /// accepts, and the old one finishes what it has begun, and ends as after a signal: idle connections get their
    /// [`linger`](super::Limits::linger), those that are open are told to go with their last answer and come back to the new
    /// process. Who waited in a queue is served by the new one. If the new process ends before it accepts, for whatever reason,
    /// the old one goes on as if nothing had happened.
    ///
    /// A socket is passed on if the new process wants to listen where the old one does, or has the same words for it, such as
    /// port 0. Others are bound by the new one, and left by the old one. TLS is that of the new process; Unix sockets keep their
    /// files.
    ///
    /// `path` is a Unix socket with mode `0600`: who may write to it can take the sockets. The old process need not be
    /// the same program, or of the same version. One that is [readied](Self::readiness) goes on saying so on connections that
    /// are still open; [`announce`](Self::announce) is passed over. The boot blocks its thread for the moment in which it asks.
    ///
    /// ```no_run
    /// use toolkit_zero::prelude::*;
    ///
    /// #[toolkit_zero::main(addr = "0.0.0.0:8080")]
    /// async fn main(server: &mut Server) {
    ///     server.handover("/run/app/handover.sock");
    /// }
    /// ```
    #[cfg(feature = "handover")]
    pub fn handover(&mut self, path: impl AsRef<std::path::Path>) -> &mut Self {
        self.handover = Some(path.as_ref().to_owned());
        self
    }

    /// Serves on `addr` from now on, on the tokio runtime it is called in: an address, or whatever else [`Listen`] stands for.
    ///
    /// When this returns the socket is bound and listens, so the first connect succeeds. Port 0 takes a free one, which
    /// [`BackgroundServer::addr`] tells.
    ///
    /// # Panics
    /// The server cannot start; the message is that of [`BootError`].
    #[track_caller]
    #[expect(clippy::panic, reason = "the panicking twin of `try_serve_managed`")]
    pub fn serve_managed(self, addr: impl Into<Listen>) -> BackgroundServer {
        match self.try_serve_managed(addr) {
            Ok(background) => background,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`serve_managed`](Self::serve_managed), with the failure as a value.
    ///
    /// # Errors
    /// There is no runtime; the routes have faults (all of them, at once); the address cannot be bound.
    pub fn try_serve_managed(
        mut self,
        addr: impl Into<Listen>,
    ) -> Result<BackgroundServer, BootError> {
        let hooks = self.hooks;
        let added = std::mem::take(&mut self.listens);
        let is_service = self.service.is_some();
        let booted = boot(self);
        if let Some(hooks) = hooks {
            (hooks.checked)(booted.as_ref().map(Booted::report));
        }
        let booted = booted?;
        let background = booted.serve(listening(addr.into(), added, is_service)?)?;
        match hooks {
            Some(hooks) => (hooks.started)(&background),
            None => background.log_remarks(),
        }
        Ok(background)
    }

    /// Crates that an expansion could not look into.
    #[doc(hidden)]
    pub fn unseen(mut self, packages: &'static [&'static str]) -> Self {
        self.unseen = packages;
        self
    }

    pub(crate) fn hooked(mut self, hooks: BootHooks) -> Self {
        self.hooks = Some(hooks);
        self
    }

    /// Checks routes and states as the boot does, without binding anything.
    ///
    /// # Errors
    /// [`BootError::Faults`], with every fault.
    pub fn check(self) -> Result<(), BootError> {
        boot(self).map(drop)
    }

    /// Serves on `addr` until Ctrl-C or SIGTERM, on a runtime and worker threads of its own; then finishes what it has
    /// begun. Blocks.
    ///
    /// # Errors
    /// The server cannot start; it was called inside a runtime.
    pub fn run(self, addr: impl Into<Listen>) -> Result<DrainReport, BootError> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(BootError::InsideRuntime);
        }
        let runtime = runtime(self.worker_count())?;
        let ended = runtime.block_on(async {
            let background = self.try_serve_managed(addr)?;
            let mut signals = Signals::listen();
            let stopped = background.stop_asked(&mut signals);
            tokio::select! {
                biased;
                started = background.started() => started?,
                () = stopped => {}
            }
            background.stop_asked(&mut signals).await;
            Ok(background.drained(&mut signals).await)
        });
        // A blocking handler that was cut has a thread that may never return.
        runtime.shutdown_background();
        ended
    }

    pub(crate) fn worker_count(&self) -> Option<usize> {
        self.workers.map(NonZeroUsize::get)
    }
}

/// What a server listens on: `first`, or what systemd has bound in its place, and what was added.
#[cfg(feature = "systemd")]
fn listening(
    first: Listen,
    mut added: Vec<Listen>,
    service: bool,
) -> Result<Vec<Listen>, BootError> {
    let passed = if service {
        Listen::passed().map_err(BootError::Passed)?
    } else {
        Vec::new()
    };
    if passed.is_empty() {
        return Ok(iter::once(first).chain(added).collect());
    }
    let mut listens = Vec::new();
    for (_, socket) in passed {
        let same = |listen: &Listen| listen.endpoint() == socket.endpoint();
        let socket = match added.iter().position(same) {
            Some(place) => socket.plain_as(&added.remove(place)),
            None if same(&first) => socket.plain_as(&first),
            None => socket,
        };
        listens.push(socket);
    }
    listens.append(&mut added);
    Ok(listens)
}

#[cfg(not(feature = "systemd"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it may fail")]
fn listening(first: Listen, added: Vec<Listen>, _: bool) -> Result<Vec<Listen>, BootError> {
    Ok(iter::once(first).chain(added).collect())
}

/// A multi-thread runtime with this many worker threads.
pub(crate) fn runtime(workers: Option<usize>) -> Result<tokio::runtime::Runtime, BootError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(workers) = workers {
        builder.worker_threads(workers);
    }
    builder.enable_all().build().map_err(BootError::Runtime)
}

/// What `collected!()` ends in: a server with the routes of this package and of those it mounts.
#[doc(hidden)]
pub fn collect(package: &'static str, mounts: &'static [Mount], origin: Origin) -> Server {
    Server {
        gathered: gather(package, mounts, origin),
        ..Server::default()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("collected", &self.gathered.routes)
            .field("routes", &self.routes)
            .field("states", &self.states)
            .field("layers", &self.layers.len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
