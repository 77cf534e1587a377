//! Routes written at run time.

use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use http::{Method, StatusCode};

use crate::extract::{FromRequest, Input, Json, Meta, Query, Shared};
use crate::handler::{Handler, IntoBlockingHandler, IntoHandler, from_blocking, from_closure};
use crate::reply::IntoResponse;
use crate::routing::{Origin, Role, SocketType};

/// A route that is being written at run time: a method and a pattern, then what the handler takes, then the handler.
///
/// `.onconnect(f)` takes an async function or closure of up to twelve extractors. After `.json::<T>()` or `.query::<T>()`,
/// and after `.state(s)`, it takes these as bare values instead: nothing, the input, the state, or the state and the input.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use toolkit_zero::prelude::*;
///
/// #[derive(Deserialize, Serialize)]
/// struct Item { name: String }
///
/// let greeting = String::from("hello");
/// let route = ServerMechanism::post("/items")
///     .json::<Item>()
///     .state(greeting)
///     .onconnect(|greeting: String, item: Item| async move {
///         reply!(text => format!("{greeting}, {}", item.name), status => 201)
///     });
/// assert_eq!(route.pattern(), "/items");
/// ```
///
/// A bad pattern does not panic here: it is kept in the [`SocketType`], and reported by the boot or by `try_mechanism`.
#[derive(Clone, Debug)]
#[must_use = "a mechanism is a route only once it has a handler: `.onconnect(..)`"]
pub struct ServerMechanism<Input = Nothing, State = Nothing> {
    methods: Vec<Method>,
    pattern: String,
    role: Role,
    origin: Origin,
    input: PhantomData<fn() -> Input>,
    state: State,
}

/// No input, or no state, was asked for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

/// The handler takes what this extractor holds.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Takes<E>(PhantomData<fn() -> E>);

/// The handler takes a clone of this value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Given<S>(S);

/// An extractor whose value a handler can take bare.
#[doc(hidden)]
pub trait Bare: FromRequest + 'static {
    /// What it holds.
    type Value: Send + 'static;
    /// Takes it out.
    fn bare(self) -> Self::Value;
}

impl<T: Input + 'static> Bare for Json<T> {
    type Value = T;

    fn bare(self) -> T {
        self.0
    }
}

impl<T: Input + 'static> Bare for Query<T> {
    type Value = T;

    fn bare(self) -> T {
        self.0
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),+ $(,)?) => { $(
        #[doc = concat!("A route for `", stringify!($method), "` requests on this pattern.")]
        #[track_caller]
        pub fn $name(pattern: impl Into<String>) -> Self {
            Self::method(Method::$method, pattern)
        }
    )+ };
}

impl ServerMechanism {
    methods! { get GET, post POST, put PUT, delete DELETE, patch PATCH, head HEAD, options OPTIONS }

    /// A route for requests of any method, one of your own included.
    #[track_caller]
    pub fn method(method: Method, pattern: impl Into<String>) -> Self {
        Self::for_role(Role::Route, vec![method], pattern.into())
    }

    /// A handler for what no route below a prefix matches, instead of 404: `ServerMechanism::fallback("/api")`. Of several,
    /// the one with the longest prefix answers.
    #[track_caller]
    pub fn fallback(prefix: impl Into<String>) -> Self {
        Self::for_role(Role::Fallback, Vec::new(), prefix.into())
    }

    /// A handler that answers refusals of this status below a prefix: `ServerMechanism::catch(StatusCode::NOT_FOUND, "/api")`. It may take the
    /// [`Problem`](crate::reply::Problem), and what can be read from the head of the request. A reply with status 200 gets
    /// the status of the problem. Of several, the one with the longest prefix answers.
    ///
    /// What a handler returns is caught only if it is a `Problem`.
    #[track_caller]
    pub fn catch(status: StatusCode, prefix: impl Into<String>) -> Self {
        Self::for_role(Role::Catch(status), Vec::new(), prefix.into())
    }

    #[track_caller]
    fn for_role(role: Role, methods: Vec<Method>, pattern: String) -> Self {
        let origin = Origin::of_call(Location::caller());
        Self {
            methods,
            pattern,
            role,
            origin,
            input: PhantomData,
            state: Nothing,
        }
    }
}

impl<S> ServerMechanism<Nothing, S> {
    /// The handler takes the body, read as JSON into a `T`; refused as [`Json`] refuses it.
    pub fn json<T: Input + 'static>(self) -> ServerMechanism<Takes<Json<T>>, S> {
        self.with_input()
    }

    /// The handler takes the query string, read into a `T`; refused as [`Query`] refuses it.
    pub fn query<T: Input + 'static>(self) -> ServerMechanism<Takes<Query<T>>, S> {
        self.with_input()
    }

    fn with_input<I>(self) -> ServerMechanism<I, S> {
        let Self {
            methods,
            pattern,
            role,
            origin,
            state,
            ..
        } = self;
        ServerMechanism {
            methods,
            pattern,
            role,
            origin,
            input: PhantomData,
            state,
        }
    }
}

impl<I> ServerMechanism<I, Nothing> {
    /// The handler takes a clone of this value, before its input.
    pub fn state<S: Shared>(self, state: S) -> ServerMechanism<I, Given<S>> {
        let Self {
            methods,
            pattern,
            role,
            origin,
            input,
            ..
        } = self;
        ServerMechanism {
            methods,
            pattern,
            role,
            origin,
            input,
            state: Given(state),
        }
    }
}

impl<I, S> ServerMechanism<I, S> {
    fn finish(self, (handler, describe): (Arc<dyn Handler>, fn(&mut Meta))) -> SocketType {
        let mut route = SocketType::new(self.methods, self.pattern, handler, describe, self.origin);
        route.role = self.role;
        route
    }
}

impl ServerMechanism<Nothing, Nothing> {
    /// The route, with an async function or closure of up to twelve extractors as its handler.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect<F, Arguments>(self, handler: F) -> SocketType
    where
        F: IntoHandler<Arguments>,
        Arguments: 'static,
    {
        self.finish(from_closure(handler))
    }

    /// The route, with a handler that may block its thread: it runs on the blocking pool, behind a bounded queue, and is
    /// answered 503 with `Retry-After` when that is full.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect_sync<F, Arguments>(self, handler: F) -> SocketType
    where
        F: IntoBlockingHandler<Arguments>,
        Arguments: 'static,
    {
        self.finish(from_blocking(handler))
    }
}

impl<E: Bare> ServerMechanism<Takes<E>, Nothing> {
    /// The route, with an async function or closure that takes the input.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect<F, Fu, O>(self, handler: F) -> SocketType
    where
        F: Fn(E::Value) -> Fu + Send + Sync + 'static,
        Fu: Future<Output = O> + Send + 'static,
        O: IntoResponse + 'static,
    {
        self.finish(from_closure(move |input: E| handler(input.bare())))
    }

    /// The same with a handler that may block its thread.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect_sync<F, O>(self, handler: F) -> SocketType
    where
        F: Fn(E::Value) -> O + Send + Sync + 'static,
        O: IntoResponse + 'static,
    {
        self.finish(from_blocking(move |input: E| handler(input.bare())))
    }
}

impl<S: Shared> ServerMechanism<Nothing, Given<S>> {
    /// The route, with an async function or closure that takes the state.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect<F, Fu, O>(self, handler: F) -> SocketType
    where
        F: Fn(S) -> Fu + Send + Sync + 'static,
        Fu: Future<Output = O> + Send + 'static,
        O: IntoResponse + 'static,
    {
        let state = self.state.0.clone();
        self.finish(from_closure(move || handler(state.clone())))
    }

    /// The same with a handler that may block its thread.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect_sync<F, O>(self, handler: F) -> SocketType
    where
        F: Fn(S) -> O + Send + Sync + 'static,
        O: IntoResponse + 'static,
    {
        let state = self.state.0.clone();
        self.finish(from_blocking(move || handler(state.clone())))
    }
}

impl<E: Bare, S: Shared> ServerMechanism<Takes<E>, Given<S>> {
    /// The route, with an async function or closure that takes the state and the input.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect<F, Fu, O>(self, handler: F) -> SocketType
    where
        F: Fn(S, E::Value) -> Fu + Send + Sync + 'static,
        Fu: Future<Output = O> + Send + 'static,
        O: IntoResponse + 'static,
    {
        let state = self.state.0.clone();
        self.finish(from_closure(move |input: E| {
            handler(state.clone(), input.bare())
        }))
    }

    /// The same with a handler that may block its thread.
    #[must_use = "a route is served once a server has it: `server.mechanism(route)`, or `routes.add(route)`"]
    pub fn onconnect_sync<F, O>(self, handler: F) -> SocketType
    where
        F: Fn(S, E::Value) -> O + Send + Sync + 'static,
        O: IntoResponse + 'static,
    {
        let state = self.state.0.clone();
        self.finish(from_blocking(move |input: E| {
            handler(state.clone(), input.bare())
        }))
    }
}
