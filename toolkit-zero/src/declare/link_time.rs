//! What the attributes leave behind: constant data, gathered at link time by `inventory`.
//!
//! A crate that nothing names is not linked, and declares nothing; `#[toolkit_zero::main]` names what it mounts. The order
//! of the gathered is unspecified, so everything here is sorted before it is used.

use std::any::{TypeId, type_name};
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};

use crate::extract::Meta;
use crate::handler::Handler;
use crate::message::{BoxFuture, Request};
use crate::routing::{LayerSource, Origin, Role, RouteLayer, SocketType};

/// A route as an attribute writes it: constant data and function pointers.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct RouteDef {
    pub(super) origin: Origin,
    pub(super) methods: &'static [&'static str],
    pub(super) pattern: &'static str,
    pub(super) prefix: &'static str,
    /// Whether the module around it could hand down what it says.
    pub(super) inherited: bool,
    handler: fn(Request) -> BoxFuture,
    meta: fn(&mut Meta),
    id: TypeId,
    name: Option<&'static str>,
    tag: Option<&'static str>,
    body_limit: Option<u64>,
    timeout_ms: Option<u64>,
    finish: bool,
    status: Option<u16>,
    fallback: bool,
    catch: Option<u16>,
    layers: &'static [&'static LayerSource],
}

impl RouteDef {
    pub const fn new(
        origin: Origin,
        methods: &'static [&'static str],
        pattern: &'static str,
        handler: fn(Request) -> BoxFuture,
        meta: fn(&mut Meta),
        id: TypeId,
    ) -> Self {
        Self {
            origin,
            methods,
            pattern,
            prefix: "",
            inherited: false,
            handler,
            meta,
            id,
            name: None,
            tag: None,
            body_limit: None,
            timeout_ms: None,
            finish: false,
            status: None,
            fallback: false,
            catch: None,
            layers: &[],
        }
    }

    #[must_use]
    pub const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    #[must_use]
    pub const fn inherited(mut self) -> Self {
        self.inherited = true;
        self
    }

    #[must_use]
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    #[must_use]
    pub const fn tag(mut self, tag: &'static str) -> Self {
        self.tag = Some(tag);
        self
    }

    #[must_use]
    pub const fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    #[must_use]
    pub const fn timeout_ms(mut self, milliseconds: u64) -> Self {
        self.timeout_ms = Some(milliseconds);
        self
    }

    #[must_use]
    pub const fn cancel_on_disconnect(mut self, cancel: bool) -> Self {
        self.finish = !cancel;
        self
    }

    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    #[must_use]
    pub const fn fallback(mut self) -> Self {
        self.fallback = true;
        self
    }

    #[must_use]
    pub const fn catch(mut self, status: u16) -> Self {
        self.catch = Some(status);
        self
    }

    #[must_use]
    pub const fn layers(mut self, layers: &'static [&'static LayerSource]) -> Self {
        self.layers = layers;
        self
    }

    #[must_use]
    pub const fn blocking(self) -> Self {
        self
    }

    #[must_use]
    pub const fn allow_body(self) -> Self {
        self
    }

    #[must_use]
    pub const fn docs(self, _: &'static str) -> Self {
        self
    }

    #[must_use]
    pub const fn deprecated(self) -> Self {
        self
    }

    #[must_use]
    pub const fn hidden(self) -> Self {
        self
    }

    /// The route value.
    pub(super) fn route(&'static self) -> SocketType {
        let mut methods = Vec::with_capacity(self.methods.len());
        methods.extend(
            self.methods
                .iter()
                .filter_map(|method| Method::from_bytes(method.as_bytes()).ok()),
        );
        let handler: Arc<dyn Handler> = Arc::new(self.handler);
        let mut route = SocketType::new(methods, self.pattern, handler, self.meta, self.origin)
            .below(self.prefix);
        if self.fallback {
            route.role = Role::Fallback;
        }
        if let Some(status) = self
            .catch
            .and_then(|catch| StatusCode::from_u16(catch).ok())
        {
            route.role = Role::Catch(status);
        }
        self.say_options(&mut route);
        route
    }

    /// Most routes have none, so each is said only where it is there.
    fn say_options(&self, route: &mut SocketType) {
        if let Some(name) = self.name {
            route.options_mut().name = Some(name.to_owned());
        }
        if let Some(tag) = self.tag {
            route.options_mut().tag = Some(tag.to_owned());
        }
        if let Some(bytes) = self.body_limit {
            route.options_mut().body_limit = Some(bytes);
        }
        if let Some(milliseconds) = self.timeout_ms {
            route.options_mut().timeout = Some(Duration::from_millis(milliseconds));
        }
        if self.finish {
            route.options_mut().finish = true;
        }
        if let Some(status) = self.status {
            route.options_mut().status = StatusCode::from_u16(status).ok();
        }
        if !self.layers.is_empty() {
            let layers = self.layers.iter().copied().map(RouteLayer::Shared);
            route.options_mut().layers = layers.collect();
        }
    }
}

/// A route that was linked.
#[doc(hidden)]
#[derive(Debug)]
pub struct Submitted(pub &'static RouteDef);

/// Marks a module with `#[routes("/prefix")]`, so that a route below it that lost the prefix is found.
#[doc(hidden)]
#[derive(Debug)]
pub struct Group {
    pub(super) module: &'static str,
    pub(super) prefix: &'static str,
    /// Whether it hands down more than the prefix: layers, limits.
    pub(super) has_options: bool,
    pub(super) origin: Origin,
}

impl Group {
    /// The path of the module, and its whole prefix.
    pub const fn new(module: &'static str, prefix: &'static str, origin: Origin) -> Self {
        Self {
            module,
            prefix,
            has_options: false,
            origin,
        }
    }

    /// It hands down more than the prefix.
    #[must_use]
    pub const fn with_options(mut self) -> Self {
        self.has_options = true;
        self
    }
}

/// What `link!` says: this package wants the routes of that one mounted with its own.
#[doc(hidden)]
#[derive(Debug)]
pub struct Linked {
    pub(super) by: &'static str,
    pub(super) package: &'static str,
    pub(super) origin: Origin,
}

impl Linked {
    /// Who says it, and of whom.
    pub const fn new(by: &'static str, package: &'static str, origin: Origin) -> Self {
        Self {
            by,
            package,
            origin,
        }
    }
}

/// A package whose routes are mounted.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Mount {
    /// The package.
    pub package: &'static str,
    /// What its routes are put below.
    pub prefix: &'static str,
    /// Whether it was written in `crates(..)`: then it must contribute a route.
    pub named: bool,
}

inventory::collect!(Submitted);
inventory::collect!(Group);
inventory::collect!(Linked);

pub(super) fn defined() -> impl Iterator<Item = &'static RouteDef> {
    inventory::iter::<Submitted>().map(|submitted| submitted.0)
}

pub(super) fn groups() -> impl Iterator<Item = &'static Group> {
    inventory::iter::<Group>()
}

pub(super) fn links() -> impl Iterator<Item = &'static Linked> {
    inventory::iter::<Linked>()
}

/// All routes of an annotated function, found by the function's own type.
#[doc(hidden)]
pub fn routes_of<F: 'static>(_: &F) -> Vec<SocketType> {
    let id = TypeId::of::<F>();
    let mut found: Vec<_> = defined().filter(|def| def.id == id).collect();
    found.sort_by_key(|def| (def.origin, def.pattern, def.methods));
    found.into_iter().map(RouteDef::route).collect()
}

/// The one route of an annotated function.
#[doc(hidden)]
#[track_caller]
#[expect(
    clippy::panic,
    reason = "the macro gives a value, and a function without a route is a mistake in the program"
)]
pub fn route_of<F: 'static>(function: &F) -> SocketType {
    let mut routes = routes_of(function);
    match (routes.pop(), routes.len()) {
        (Some(route), 0) => route,
        (None, _) => panic!(
            "`{}` has no route attribute; write `#[get(\"/path\")]` on it, and give `route!` the function itself",
            type_name::<F>()
        ),
        (Some(_), others) => panic!(
            "`{}` has {} route attributes; `routes_of!` gives them all",
            type_name::<F>(),
            others + 1
        ),
    }
}
