//! A server without a socket, for tests.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use super::boot::boot;
use super::running::Running;
use super::{BootError, Control, Server};
use crate::dispatch::Dispatch;
use crate::message::{Body, Link, Request, Response};
use crate::routing::Routes;

/// A server that is booted and answers, but accepts nobody.
#[derive(Debug)]
pub(crate) struct InProcess {
    dispatch: Dispatch,
    routes: Routes,
    running: Arc<Running>,
    /// The hooks of the start run with the first request.
    started: OnceCell<()>,
}

impl InProcess {
    /// Checks everything that a boot checks.
    #[cfg_attr(
        not(feature = "tls"),
        expect(unused_mut, reason = "nothing is taken out")
    )]
    pub(crate) fn boot(mut server: Server) -> Result<Self, BootError> {
        // There is no socket, and the files may be on another machine.
        #[cfg(feature = "tls")]
        drop(server.tls.take());
        let booted = boot(server)?;
        Ok(Self {
            dispatch: booted.dispatch,
            routes: booted.routes,
            running: booted.running,
            started: OnceCell::new(),
        })
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.routes
    }

    pub(crate) async fn answer(
        &self,
        link: Arc<dyn Link>,
        request: http::Request<Body>,
    ) -> Response {
        self.start().await;
        let (head, body) = request.into_parts();
        self.dispatch
            .begin(Request::arrived(head, body, link))
            .await
    }

    #[expect(
        clippy::panic,
        reason = "a test is told that its server does not start"
    )]
    async fn start(&self) {
        let control = Control::new(Arc::clone(&self.running));
        let start = || async {
            if let Err(error) = self.running.life().start(&control).await {
                panic!("`on_start` failed: {error}");
            }
        };
        self.started.get_or_init(start).await;
    }

    /// Waits for tracked tasks, and runs the hooks of the stop.
    pub(crate) async fn stop(&self) {
        self.start().await;
        self.running.told().cancel();
        self.running.stopping().cancel();
        let hooks = Duration::from_secs(30);
        self.running.life().end(std::future::pending(), hooks).await;
    }
}
