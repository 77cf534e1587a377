//! A handle for those who cannot wait: handlers, and tasks beside the server.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::running::Running;
use super::{Endpoint, Listen};
use crate::extract::Shutdown;
use crate::transport::tasks;

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
        self.request(|running| {
            running.stop();
            Ok::<(), std::convert::Infallible>(())
        });
    }

    /// Lets the server move to `addr`, as [`rebind`](super::BackgroundServer::rebind) does. A move that is refused is logged
    /// at `error`, and changes nothing.
    pub fn request_rebind(&self, addr: impl Into<Listen>) {
        let addr = addr.into();
        self.request(|running| running.rebind(addr).map(drop));
    }

    /// Lets the server serve `listen` too, as [`BackgroundServer::listen`](super::BackgroundServer::listen) does. What is
    /// refused is logged at `error`, and changes nothing.
    pub fn request_listen(&self, listen: impl Into<Listen>) {
        let listen = listen.into();
        self.request(|running| running.listen(listen).map(drop));
    }

    /// Lets the server listen on `addr` no more, as [`BackgroundServer::unlisten`](super::BackgroundServer::unlisten) does.
    /// What is refused is logged at `error`, and changes nothing.
    pub fn request_unlisten(&self, addr: impl Into<Endpoint>) {
        let addr = addr.into();
        self.request(move |running| running.unlisten(&addr).map(drop));
    }

    fn request<E: fmt::Display>(
        &self,
        work: impl FnOnce(&Arc<Running>) -> Result<(), E> + Send + 'static,
    ) {
        if let Some(runtime) = self.0.runtime() {
            let running = Arc::clone(&self.0);
            tasks::spawn_on(&runtime, async move {
                if let Err(error) = work(&running) {
                    tracing::error!("{error}");
                }
            });
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

    /// The address bound now, as [`BackgroundServer::addr`](super::BackgroundServer::addr) tells it.
    pub fn addr(&self) -> SocketAddr {
        self.0.addr()
    }

    /// Everything that is listened on now.
    pub fn addrs(&self) -> Vec<Endpoint> {
        self.0.addrs()
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({})", self.addr())
    }
}
