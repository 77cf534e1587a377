//! Two ways to write a route down: an attribute on a function, gathered at link time, and
//! [`ServerMechanism`] at run time. Both end in a [`SocketType`](crate::routing::SocketType), so nothing can be declared
//! one way and not the other.

#[cfg(feature = "files")]
mod files;
mod gather;
mod link_time;
mod macros;
mod mechanism;
mod url;

pub use crate::handler::{IntoBlockingHandler, IntoHandler};

#[cfg(test)]
pub(crate) use gather::choose;
pub(crate) use gather::{Gathered, gather};
pub use link_time::{Group, Linked, Mount, RouteDef, Submitted, route_of, routes_of};
pub use macros::route;
pub use mechanism::{Bare, Given, Nothing, ServerMechanism, Takes};
pub use url::{Url, UrlPart};
