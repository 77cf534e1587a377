//! The live table: one snapshot that readers load without a lock, one writer at a time.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use arc_swap::ArcSwap;
use http::Method;
use tokio::sync::watch;

use super::table::Table;
use super::{Origin, Rescue, RouteError, SocketType};
use crate::message::{BoxFuture, Provided, Request, RouteFacts};

/// A handle on the live route table: add, replace, remove, switch, observe.
///
/// Cheap to clone; every call is sync and cheap, and costs about the same whatever the size of the table. A handler can
/// take it as `State<Routes>`. A request is served whole by one generation of the table, and readers never wait for
/// writers.
///
/// ```
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::routing::RouteError;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), RouteError> {
/// let bg = Server::default().serve_managed(([127, 0, 0, 1], 0));
/// let routes = bg.routes();
/// routes.add(ServerMechanism::get("/new").onconnect(|| async { "new" }))?;
/// routes.disable(&Method::GET, "/new")?;
/// assert!(!routes.snapshot()[0].enabled());
/// routes.remove(&Method::GET, "/new");
/// assert!(routes.snapshot().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Routes(Arc<Live>);

/// What serves a request: a future, and the route it belongs to.
pub(crate) struct Begun {
    pub(crate) answer: BoxFuture,
    pub(crate) route: Option<Arc<RouteFacts>>,
    /// Where there are handlers for refusals.
    pub(crate) rescue: Option<Rescue>,
}

struct Live {
    current: ArcSwap<Table>,
    writer: Mutex<()>,
    /// The thread that holds `writer`, so that a nested call is an error and not a deadlock.
    holder: Mutex<Option<ThreadId>>,
    generation: watch::Sender<u64>,
    states: Provided,
}

impl Routes {
    pub(crate) fn new(mut table: Table, states: Provided) -> Self {
        table.generation = 1;
        Self(Arc::new(Live {
            current: ArcSwap::from_pointee(table),
            writer: Mutex::new(()),
            holder: Mutex::new(None),
            generation: watch::Sender::new(1),
            states,
        }))
    }

    /// Begins to answer a request with the routes of this moment. The guard of the snapshot does not leave this function.
    #[inline]
    pub(crate) fn begin(&self, mut request: Request) -> Begun {
        let table = self.0.current.load();
        let rescue = table.rescue(&request);
        match table.choose(&mut request) {
            Ok(entry) => Begun {
                answer: entry.endpoint.call(request),
                route: Some(Arc::clone(&entry.facts)),
                rescue,
            },
            Err(answer) => Begun {
                answer,
                route: None,
                rescue,
            },
        }
    }

    /// Adds a route; it answers the next request. Returns the new generation.
    ///
    /// # Errors
    /// A conflict, a pattern that cannot be parsed, a missing state: nothing has changed.
    pub fn add(&self, route: SocketType) -> Result<u64, RouteError> {
        self.write(|batch| batch.add(route))
            .map(|((), generation)| generation)
    }

    /// Puts a route in place of those that answer its methods on its pattern, in one step, and returns those. Other methods
    /// of the pattern stay.
    ///
    /// # Errors
    /// A pattern that cannot be parsed, a missing state: nothing has changed.
    pub fn replace(&self, route: SocketType) -> Result<Vec<SocketType>, RouteError> {
        self.write(|batch| batch.replace(route))
            .map(|(displaced, _)| displaced)
    }

    /// Removes one method of a pattern and returns it; `None` if there is no such route. Requests in flight are finished.
    ///
    /// Called inside [`update`](Self::update) it removes nothing, logs that and returns `None`; use the `Batch` there.
    pub fn remove(&self, method: &Method, pattern: &str) -> Option<SocketType> {
        let remove = |batch: &mut Batch<'_>| {
            let removed = batch.table.remove(method, pattern)?;
            batch.changed = true;
            Ok(removed)
        };
        match self.write(remove) {
            Ok((route, _)) => Some(route),
            Err(error) => {
                if matches!(error, RouteError::Nested) {
                    tracing::error!(%method, pattern, "{error}");
                }
                None
            }
        }
    }

    /// Lets a route answer 503 with `Retry-After` until it is enabled again. Returns the generation.
    ///
    /// # Errors
    /// [`RouteError::NotFound`] if there is no such route.
    pub fn disable(&self, method: &Method, pattern: &str) -> Result<u64, RouteError> {
        self.write(|batch| batch.disable(method, pattern))
            .map(|((), generation)| generation)
    }

    /// Lets a disabled route answer again. Returns the generation.
    ///
    /// # Errors
    /// [`RouteError::NotFound`] if there is no such route.
    pub fn enable(&self, method: &Method, pattern: &str) -> Result<u64, RouteError> {
        self.write(|batch| batch.enable(method, pattern))
            .map(|((), generation)| generation)
    }

    /// Makes several changes in one generation: all of them, or none if `change` returns an error or panics.
    ///
    /// # Errors
    /// What `change` returns; [`RouteError::Nested`] if it is called inside another `update` of the same table.
    pub fn update<R>(
        &self,
        change: impl FnOnce(&mut Batch<'_>) -> Result<R, RouteError>,
    ) -> Result<R, RouteError> {
        self.write(change).map(|(result, _)| result)
    }

    /// The routes of this moment.
    pub fn snapshot(&self) -> Snapshot {
        let table = self.0.current.load_full();
        let mut slots: Vec<_> = table.slots().collect();
        slots.sort_unstable_by(|a, b| {
            let patterns = (a.entry.declared.pattern(), b.entry.declared.pattern());
            let by_pattern = patterns.0.cmp(patterns.1);
            by_pattern.then_with(|| a.method.as_str().cmp(b.method.as_str()))
        });
        let routes = slots.into_iter().map(|slot| RouteInfo {
            method: slot.method.clone(),
            pattern: slot.entry.declared.pattern().to_owned(),
            name: slot.entry.declared.label().to_owned(),
            tag: slot.entry.declared.options().tag.clone(),
            origin: slot.entry.declared.origin(),
            enabled: slot.enabled,
        });
        Snapshot {
            routes: routes.collect(),
            generation: table.generation,
        }
    }

    /// How often the table has changed: 1 when the server starts, one more with every change.
    pub fn generation(&self) -> u64 {
        self.0.current.load().generation
    }

    /// A receiver that is told every new generation.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.generation.subscribe()
    }

    /// Clones the table, lets `change` edit the clone, and publishes it if it changed. Readers see all of it or nothing.
    fn write<R>(
        &self,
        change: impl FnOnce(&mut Batch<'_>) -> Result<R, RouteError>,
    ) -> Result<(R, u64), RouteError> {
        let live = &*self.0;
        if *live.holder.lock().unwrap_or_else(PoisonError::into_inner)
            == Some(thread::current().id())
        {
            return Err(RouteError::Nested);
        }
        let _only_writer = live.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _held = Held::by_this_thread(&live.holder);
        let table = Table::clone(&live.current.load());
        let mut batch = Batch {
            table,
            states: &live.states,
            changed: false,
        };
        let result = change(&mut batch)?;
        let Batch {
            mut table, changed, ..
        } = batch;
        if changed {
            table.generation += 1;
            let generation = table.generation;
            live.current.store(Arc::new(table));
            live.generation.send_replace(generation);
            return Ok((result, generation));
        }
        Ok((result, table.generation))
    }
}

/// Notes who writes, and forgets it again, also when a change panics.
struct Held<'a>(&'a Mutex<Option<ThreadId>>);

impl<'a> Held<'a> {
    fn by_this_thread(holder: &'a Mutex<Option<ThreadId>>) -> Self {
        *holder.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread::current().id());
        Self(holder)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Several changes of the table that are published together, see [`Routes::update`].
pub struct Batch<'a> {
    table: Table,
    states: &'a Provided,
    changed: bool,
}

impl Batch<'_> {
    /// As [`Routes::add`].
    ///
    /// # Errors
    /// As [`Routes::add`].
    pub fn add(&mut self, route: SocketType) -> Result<(), RouteError> {
        self.table.add(route, self.states)?;
        self.changed = true;
        Ok(())
    }

    /// As [`Routes::replace`].
    ///
    /// # Errors
    /// As [`Routes::replace`].
    pub fn replace(&mut self, route: SocketType) -> Result<Vec<SocketType>, RouteError> {
        let displaced = self.table.replace(route, self.states)?;
        self.changed = true;
        Ok(displaced)
    }

    /// As [`Routes::remove`].
    pub fn remove(&mut self, method: &Method, pattern: &str) -> Option<SocketType> {
        let removed = self.table.remove(method, pattern).ok();
        self.changed |= removed.is_some();
        removed
    }

    /// As [`Routes::disable`].
    ///
    /// # Errors
    /// As [`Routes::disable`].
    pub fn disable(&mut self, method: &Method, pattern: &str) -> Result<(), RouteError> {
        self.changed |= self.table.switch(method, pattern, false)?;
        Ok(())
    }

    /// As [`Routes::enable`].
    ///
    /// # Errors
    /// As [`Routes::enable`].
    pub fn enable(&mut self, method: &Method, pattern: &str) -> Result<(), RouteError> {
        self.changed |= self.table.switch(method, pattern, true)?;
        Ok(())
    }
}

/// The routes of one moment, sorted by pattern and method. Derefs to `[RouteInfo]`.
#[derive(Clone, Debug)]
pub struct Snapshot {
    routes: Vec<RouteInfo>,
    generation: u64,
}

impl Snapshot {
    /// The generation of the table at that moment.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl Deref for Snapshot {
    type Target = [RouteInfo];

    fn deref(&self) -> &[RouteInfo] {
        &self.routes
    }
}

/// One method of one pattern, in a [`Snapshot`].
#[derive(Clone, Debug)]
pub struct RouteInfo {
    method: Method,
    pattern: String,
    name: String,
    tag: Option<String>,
    origin: Origin,
    enabled: bool,
}

impl RouteInfo {
    /// The method it answers.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The pattern, as it was declared, prefixes included.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Its name: the one that was given, or the function's; empty for a route made by a call without a name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tag that groups it: its own, or that of the module around it.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Where it was declared.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether it answers; a disabled route answers 503.
    pub fn enabled(&self) -> bool {
        self.enabled
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.0.current.load();
        let (routes, patterns) = table.size();
        write!(
            f,
            "Routes({routes} routes on {patterns} patterns, generation {})",
            table.generation
        )
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} routes)", self.table.size().0)
    }
}
