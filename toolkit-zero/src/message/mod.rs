//! The vocabulary: what travels between the rooms.
//!
//! A [`Request`] enters a handler, a [`Response`] leaves it. Nothing here knows routes, handlers or sockets.

mod arrival;
mod body;
mod budget;
mod captures;
mod context;
mod incoming;
mod link;
pub(crate) mod path;
mod peer;
mod piece;
mod place;
mod proxies;
mod request;
mod rest;
mod wake;

pub(crate) use arrival::Arrival;
pub(crate) use body::CollectError;
pub(crate) use body::Streaming;
pub use body::{Body, BodyError, BoxError};
pub(crate) use budget::{Budget, Held};
pub(crate) use captures::Captures;
pub(crate) use context::{BlockingGate, Context, Provided, StateMap};
pub(crate) use link::{Hold, Link};
pub(crate) use peer::Peer;
pub(crate) use piece::Piece;
pub(crate) use proxies::{Field, Network, Proxies};
pub use request::Request;
pub(crate) use request::{RouteFacts, Switched};
pub(crate) use wake::Patient;

/// An answer: the standard `http` response with our [`Body`].
pub type Response = http::Response<Body>;

/// A handler's future: boxed once a request, and sent between worker threads.
pub type BoxFuture = std::pin::Pin<Box<dyn Future<Output = Response> + Send>>;
