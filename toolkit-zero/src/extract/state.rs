//! `State<T>`: what `server.state(value)` gave.

use std::ops::Deref;

use super::{FromRequest, Meta, Request};
use crate::reply::Problem;

/// A value that all requests share, given by `server.state(value)` and cloned into the handler.
///
/// A state that a route needs and nobody gave is reported before the server binds, with the route's place.
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
/// use toolkit_zero::prelude::*;
///
/// #[get("/hits")]
/// async fn hits(State(hits): State<Arc<AtomicU64>>) -> String {
///     hits.fetch_add(1, Ordering::Relaxed).to_string()
/// }
///
/// #[toolkit_zero::main]
/// async fn main(server: &mut Server) {
///     server.state(Arc::new(AtomicU64::new(0)));
/// #   std::process::exit(0);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State<T>(pub T);

/// A type that [`State`] can share: `Clone + Send + Sync + 'static`.
#[diagnostic::on_unimplemented(
    message = "state `{Self}` must be `Clone + Send + Sync + 'static`",
    label = "cannot be shared between requests",
    note = "wrap it: `State<Arc<{Self}>>`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#state"
)]
pub trait Shared: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Shared for T {}

impl<T: Shared> FromRequest for State<T> {
    type Rejection = Problem;

    fn describe(meta: &mut Meta) {
        meta.state::<T>();
    }

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        find(request).map(Self).ok_or_else(|| {
            let name = std::any::type_name::<T>();
            Problem::internal(format!(
                "no `{name}` was given; add `.state(value)` to the server"
            ))
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        Ok(find(request).map(Self))
    }
}

fn find<T: Shared>(request: &Request) -> Option<T> {
    request.context()?.states.get::<T>().cloned()
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
