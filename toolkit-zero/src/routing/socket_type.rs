//! A route as a value.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};

use super::layers::{ModuleLayers, RouteLayer};
use super::{Origin, Pattern, PatternError, Role};
use crate::extract::{Meta, StateNeed};
use crate::handler::{Handler, finish_on_disconnect, with_status_of, with_timeout};
use crate::message::RouteFacts;

/// A route as a value: one pattern, a set of methods, a handler, its options, and the place it was declared at.
///
/// An attribute and [`ServerMechanism`](crate::declare::ServerMechanism) both make one; `route!(function)` finds the one of
/// an annotated function. It goes into a server that is being built, or into one that runs.
///
/// ```
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::routing::SocketType;
///
/// let route: SocketType = ServerMechanism::get("/users/{id}")
///     .onconnect(|Path(id): Path<u64>| async move { format!("user {id}") })
///     .name("user")
///     .body_limit(1024);
/// assert_eq!(route.pattern(), "/users/{id}");
/// ```
///
/// A pattern that cannot be parsed is kept, and reported when the route is added.
#[derive(Clone)]
pub struct SocketType {
    methods: Vec<Method>,
    pattern: Result<Pattern, PatternError>,
    handler: Arc<dyn Handler>,
    describe: fn(&mut Meta),
    origin: Origin,
    pub(crate) role: Role,
    /// Most routes have none, and there may be many routes.
    options: Option<Box<RouteOptions>>,
}

/// What can be said about a route beside its pattern.
#[derive(Clone)]
pub(crate) struct RouteOptions {
    pub(crate) name: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) body_limit: Option<u64>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) finish: bool,
    pub(crate) status: Option<StatusCode>,
    /// The first is outermost.
    pub(crate) layers: Vec<RouteLayer>,
    /// The folder or the file it serves.
    #[cfg(feature = "files")]
    pub(crate) serves: Option<std::path::PathBuf>,
}

impl RouteOptions {
    const NONE: Self = Self {
        name: None,
        tag: None,
        body_limit: None,
        timeout: None,
        finish: false,
        status: None,
        layers: Vec::new(),
        #[cfg(feature = "files")]
        serves: None,
    };
}

impl SocketType {
    pub(crate) fn new(
        methods: Vec<Method>,
        pattern: impl AsRef<str>,
        handler: Arc<dyn Handler>,
        describe: fn(&mut Meta),
        origin: Origin,
    ) -> Self {
        Self {
            methods,
            pattern: Pattern::parse(pattern.as_ref()),
            handler,
            describe,
            origin,
            role: Role::Route,
            options: None,
        }
    }

    /// This route, which serves the files below a folder: its pattern has to end in a rest.
    #[cfg(feature = "files")]
    pub(crate) fn serves_below(mut self, folder: std::path::PathBuf) -> Self {
        if let Ok(pattern) = &self.pattern
            && !pattern.captures().any(|capture| capture.is_rest())
        {
            self.pattern = Err(PatternError::without_rest(pattern.as_str()));
        }
        self.options_mut().serves = Some(folder);
        self
    }

    /// A remark if the folder or the file it serves is not there.
    #[cfg(feature = "files")]
    pub(crate) fn absent(&self) -> Option<String> {
        let served = self.options().serves.as_ref()?;
        let (path, route) = (served.display(), self.pattern());
        let origin = self.origin;
        let below = self
            .parsed()
            .ok()?
            .captures()
            .any(|capture| capture.is_rest());
        let what = match std::fs::metadata(served) {
            Err(error) => format!("`{path}` cannot be read ({error})"),
            Ok(about) if below && !about.is_dir() => format!("`{path}` is not a folder"),
            Ok(_) => return None,
        };
        let from = match std::env::current_dir() {
            Ok(folder) if served.is_relative() => {
                format!("; the path is relative to {}", folder.display())
            }
            _ => String::new(),
        };
        Some(format!(
            "GET {route}, declared at {origin}, has nothing to serve: {what}{from}"
        ))
    }

    /// What is said about it beside its pattern.
    pub(crate) fn options(&self) -> &RouteOptions {
        static NONE: RouteOptions = RouteOptions::NONE;
        self.options.as_deref().unwrap_or(&NONE)
    }

    /// As [`options`](Self::options), to say more.
    pub(crate) fn options_mut(&mut self) -> &mut RouteOptions {
        self.options
            .get_or_insert_with(|| Box::new(RouteOptions::NONE))
    }

    /// This route, declared elsewhere than where it was made.
    pub(crate) fn declared_at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// A name for reports and documents. Without one it is the function's.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options_mut().name = Some(name.into());
        self
    }

    /// A group for documents.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.options_mut().tag = Some(tag.into());
        self
    }

    /// The largest body that is read into memory for this route, in bytes, instead of the server's.
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.options_mut().body_limit = Some(bytes);
        self
    }

    /// How long the handler may take; past it the answer is a 503.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options_mut().timeout = Some(limit);
        self
    }

    /// What becomes of the handler when its client goes away.
    #[must_use]
    pub fn on_disconnect(mut self, then: OnDisconnect) -> Self {
        self.options_mut().finish = matches!(then, OnDisconnect::Finish);
        self
    }

    /// The pattern, as it was written.
    pub fn pattern(&self) -> &str {
        match &self.pattern {
            Ok(pattern) => pattern.as_str(),
            Err(error) => error.pattern(),
        }
    }

    /// The methods, in the order they were written.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Where it was declared.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The name: the one that was given, or the function's; empty for a route made by a call.
    pub(crate) fn label(&self) -> &str {
        self.options()
            .name
            .as_deref()
            .unwrap_or_else(|| self.origin.function())
    }

    pub(crate) fn parsed(&self) -> Result<&Pattern, &PatternError> {
        self.pattern.as_ref()
    }

    /// This route below a prefix.
    pub(crate) fn below(mut self, prefix: &str) -> Self {
        if let Ok(pattern) = &self.pattern
            && !prefix.is_empty()
        {
            self.pattern = pattern.prefixed(prefix);
        }
        self
    }

    /// This route with one of its methods only.
    pub(crate) fn only(&self, method: &Method) -> Self {
        Self {
            methods: vec![method.clone()],
            ..self.clone()
        }
    }

    /// The states that its arguments cannot do without.
    pub(crate) fn states(&self) -> Vec<StateNeed> {
        let mut meta = Meta::default();
        (self.describe)(&mut meta);
        meta.states().to_vec()
    }

    /// The handler with everything its options put around it; `timeout` is the server's.
    pub(crate) fn endpoint(
        &self,
        timeout: Option<Duration>,
        layers: &ModuleLayers,
    ) -> Arc<dyn Handler> {
        let mut endpoint = Arc::clone(&self.handler);
        if let Some(status) = self.options().status {
            endpoint = with_status_of(endpoint, status);
        }
        if let Some(limit) = self.options().timeout.or(timeout) {
            endpoint = with_timeout(endpoint, limit);
        }
        if self.options().finish {
            endpoint = finish_on_disconnect(endpoint);
        }
        layers.around(&self.options().layers, endpoint)
    }

    /// Its layers around another handler; `None` if it has none.
    pub(crate) fn layered(
        &self,
        inner: impl FnOnce() -> Arc<dyn Handler>,
        layers: &ModuleLayers,
    ) -> Option<Arc<dyn Handler>> {
        let own = &self.options().layers;
        (!own.is_empty()).then(|| layers.around(own, inner()))
    }

    /// What a request may ask about this route.
    pub(crate) fn facts(&self, pattern: &Pattern) -> RouteFacts {
        RouteFacts {
            pattern: pattern.shared(),
            names: pattern
                .captures()
                .map(|capture| capture.name().to_owned())
                .collect(),
            rest: pattern.captures().any(|capture| capture.is_rest()),
            body_limit: self.options().body_limit,
        }
    }
}

impl fmt::Debug for SocketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SocketType({} {} at {})",
            super::names_of(&self.methods),
            self.pattern(),
            self.origin
        )
    }
}

/// What becomes of a handler when its client goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDisconnect {
    /// It is dropped at its next await.
    #[default]
    Cancel,
    /// It runs to its end in a task of its own.
    Finish,
}
