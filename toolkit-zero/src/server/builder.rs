//! A server that is being built.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use bytes::Bytes;
use tower_layer::Layer;
use tower_service::Service;

use super::background::BackgroundServer;
use super::boot::{Booted, boot};
use super::{BootError, DrainReport, Limits, StartReport};
use crate::declare::{Gathered, Mount, gather};
use crate::extract::Shared;
use crate::message::{Body, BoxError, StateMap};
use crate::middleware::{Endpoint, around};
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
    pub(super) trailing_slash: TrailingSlash,
    pub(super) timeout: Option<Duration>,
    workers: Option<NonZeroUsize>,
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
    pub fn layer<L, S, B>(&mut self, layer: L) -> &mut Self
    where
        L: Layer<Endpoint, Service = S> + Send + Sync + 'static,
        S: Service<
                http::Request<Body>,
                Response = http::Response<B>,
                Error: Into<BoxError>,
                Future: Send,
            >,
        S: Clone + Send + Sync + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.layers.push(around(layer));
        self
    }

    /// Sets what clients are allowed.
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
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

    /// How many worker threads [`run`](Self::run) uses; without it, one for each core. Zero means the same.
    ///
    /// [`serve_managed`](Self::serve_managed) serves on the runtime it is called in and ignores this.
    pub fn workers(&mut self, count: usize) -> &mut Self {
        self.workers = NonZeroUsize::new(count);
        self
    }

    /// Serves on `addr` from now on, on the tokio runtime it is called in.
    ///
    /// When this returns the socket is bound and listens, so the first connect succeeds. Port 0 takes a free one, which
    /// [`BackgroundServer::addr`] tells.
    ///
    /// # Panics
    /// The server cannot start; the message is that of [`BootError`].
    #[track_caller]
    #[expect(clippy::panic, reason = "the panicking twin of `try_serve_managed`")]
    pub fn serve_managed(self, addr: impl Into<SocketAddr>) -> BackgroundServer {
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
        self,
        addr: impl Into<SocketAddr>,
    ) -> Result<BackgroundServer, BootError> {
        let hooks = self.hooks;
        let booted = boot(self);
        if let Some(hooks) = hooks {
            (hooks.checked)(booted.as_ref().map(Booted::report));
        }
        let background = booted?.serve(addr.into())?;
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
    pub fn run(self, addr: impl Into<SocketAddr>) -> Result<DrainReport, BootError> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(BootError::InsideRuntime);
        }
        let runtime = runtime(self.worker_count())?;
        let ended =
            runtime.block_on(async { Ok(self.try_serve_managed(addr)?.until_stopped().await) });
        // A blocking handler that was cut has a thread that may never return.
        runtime.shutdown_background();
        ended
    }

    pub(crate) fn worker_count(&self) -> Option<usize> {
        self.workers.map(NonZeroUsize::get)
    }
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
