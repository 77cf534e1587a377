//! A handle for those who cannot wait: handlers, and tasks beside the server.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::running::Running;
use crate::extract::Shutdown;

/// Asks a running server to move or stop, and returns at once; the server carries it out in a task of its own.
///
/// Cheap to clone. A handler takes it as `State<Control>`: one that awaited the rebind or stop of its own server would wait
/// for itself.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[post("/admin/stop")]
/// async fn stop(State(control): State<Control>) -> &'static str {
///     control.request_stop();
///     "stopping"
/// }
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Control(Arc<Running>);

impl Control {
    pub(super) fn new(running: Arc<Running>) -> Self {
        Self(running)
    }

    pub(super) fn running(&self) -> &Arc<Running> {
        &self.0
    }

    /// Lets the server finish what it has begun, and stop. [`until_stopped`](super::BackgroundServer::until_stopped) returns
    /// then. Asking twice changes nothing.
    pub fn request_stop(&self) {
        if let Some(runtime) = self.0.runtime() {
            let running = Arc::clone(&self.0);
            drop(runtime.spawn(async move { running.stop() }));
        }
    }

    /// Lets the server move to `addr`, as [`rebind`](super::BackgroundServer::rebind) does. A move that is refused is logged
    /// at `error`, and changes nothing.
    pub fn request_rebind(&self, addr: impl Into<SocketAddr>) {
        let addr = addr.into();
        if let Some(runtime) = self.0.runtime() {
            let running = Arc::clone(&self.0);
            drop(runtime.spawn(async move {
                match running.rebind(addr) {
                    Ok(_drains_by_itself) => {}
                    Err(error) => tracing::error!(%addr, "{error}"),
                }
            }));
        }
    }

    /// As [`BackgroundServer::reload_tls`](super::BackgroundServer::reload_tls).
    ///
    /// # Errors
    /// All that is wrong with the files; what was served goes on being served.
    #[cfg(feature = "tls")]
    pub fn reload_tls(&self) -> Result<(), super::TlsError> {
        self.0.reload_tls()
    }

    /// Runs a task that belongs to the server: a stop waits for it, as it waits for requests, and ends it at the deadline of
    /// the drain. A task that runs for long asks [`shutdown`](Self::shutdown). Before the server has started it must be called
    /// inside a runtime.
    ///
    /// ```
    /// use std::time::Duration;
    /// use toolkit_zero::prelude::*;
    /// # async fn send_mail() {}
    ///
    /// #[post("/orders")]
    /// async fn order(State(control): State<Control>) -> StatusCode {
    ///     control.spawn_tracked(send_mail());
    ///     StatusCode::ACCEPTED
    /// }
    /// # fn main() {}
    /// ```
    pub fn spawn_tracked(&self, task: impl Future<Output = ()> + Send + 'static) {
        let runtime = self.0.runtime();
        let runtime = runtime.or_else(|| tokio::runtime::Handle::try_current().ok());
        let Some(runtime) = runtime else {
            tracing::error!("a tracked task was not run: there is no runtime here");
            return;
        };
        self.0.life().spawn(task, &runtime);
    }

    /// Tells a task when the server is told to stop.
    pub fn shutdown(&self) -> Shutdown {
        Shutdown::at(self.0.stopping().clone())
    }

    /// The address bound now.
    pub fn addr(&self) -> SocketAddr {
        self.0.addr()
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({})", self.addr())
    }
}
