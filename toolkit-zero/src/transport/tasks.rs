//! Tasks of which a server has few.

use std::pin::Pin;

use tokio::runtime::Handle;

/// Runs a task of which a server has few, on the runtime that this is called in.
///
/// Boxed, so that what tokio generates for a task exists once for all of these: about 6 KB of a program each.
///
/// # Panics
/// Outside a runtime.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    spawn_on(&Handle::current(), task);
}

/// As [`spawn`], on `runtime`.
pub(crate) fn spawn_on(runtime: &Handle, task: impl Future<Output = ()> + Send + 'static) {
    let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(task);
    drop(runtime.spawn(task));
}
