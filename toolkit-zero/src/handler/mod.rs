//! Functions as values.
//!
//! Before this room everything is typed; after it a handler is a request in and one boxed future of a response out.

mod call;
mod function;
mod needs;
mod wrap;

use crate::message::{BoxFuture, Request};

pub use call::*;
pub use function::{IntoBlockingHandler, IntoHandler};
pub(crate) use function::{from_blocking, from_closure};
pub use needs::*;
pub(crate) use wrap::{finish_on_disconnect, with_status_of, with_timeout};

/// A handler as routes keep it.
pub(crate) trait Handler: Send + Sync {
    /// Begins to answer; nothing of the user runs before the future is polled.
    fn call(&self, request: Request) -> BoxFuture;
}

/// A handler of a `static` declaration is a plain function.
impl Handler for fn(Request) -> BoxFuture {
    fn call(&self, request: Request) -> BoxFuture {
        self(request)
    }
}
