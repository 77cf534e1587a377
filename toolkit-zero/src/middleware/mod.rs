//! Around a handler: tower layers, and layers made from an async function.
//!
//! A layer of the server is outermost, then those of modules with `#[routes(layer = ..)]`, then those of the route; among
//! several, the first that is written is outermost. The chain is composed once, when the route enters the table; a route
//! without layers has nothing around it.

mod from_fn;
mod layered;
mod mount;

pub use from_fn::{FromFn, FromFnService, Next, from_fn};
pub(crate) use layered::around;
pub use layered::{Endpoint, EndpointFuture, LayerError, erase_layer};
pub(crate) use mount::mounted;
