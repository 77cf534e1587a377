//! A server without a socket, for tests.

use std::sync::Arc;
#[cfg(feature = "ws")]
use std::sync::{Mutex, PoisonError};
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
    #[cfg(feature = "ws")]
    pipes: Mutex<Pipes>,
}

/// Connections in memory, for what stops speaking HTTP on them.
#[cfg(feature = "ws")]
#[derive(Debug)]
enum Pipes {
    /// Nobody has asked for one.
    None(super::Limits),
    Open(crate::transport::Accepting<Dispatch>),
    Draining(Option<crate::transport::Draining>),
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
        #[cfg(feature = "ws")]
        let limits = server.limits.clone();
        let booted = boot(server)?;
        Ok(Self {
            dispatch: booted.dispatch,
            routes: booted.routes,
            running: booted.running,
            started: OnceCell::new(),
            #[cfg(feature = "ws")]
            pipes: Mutex::new(Pipes::None(limits)),
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
            .begin(Request::arrived(head, Some(body), link))
            .await
    }

    /// The client's end of a connection in memory, which the server serves as it serves sockets. A server that drains
    /// closes it at once.
    #[cfg(feature = "ws")]
    pub(crate) async fn connect(&self, peer: std::net::SocketAddr) -> tokio::io::DuplexStream {
        use crate::transport::Accepting;

        self.start().await;
        let (client, server) = tokio::io::duplex(64 * 1024);
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Pipes::None(limits) = &*pipes {
            *pipes = Pipes::Open(Accepting::nowhere(self.dispatch.clone(), limits));
        }
        if let Pipes::Open(accepting) = &*pipes {
            accepting.serve(Box::new(server), peer);
        }
        client
    }

    /// Begins to finish what came by connections in memory.
    pub(crate) fn drain(&self) {
        #[cfg(feature = "ws")]
        {
            let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
            if !matches!(*pipes, Pipes::Draining(_)) {
                *pipes = match std::mem::replace(&mut *pipes, Pipes::Draining(None)) {
                    Pipes::Open(accepting) => Pipes::Draining(Some(accepting.drain())),
                    Pipes::None(_) | Pipes::Draining(_) => Pipes::Draining(None),
                };
            }
        }
    }

    #[cfg(feature = "ws")]
    fn draining(&self) -> Option<crate::transport::Draining> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *pipes {
            Pipes::Draining(draining) => draining.take(),
            Pipes::None(_) | Pipes::Open(_) => None,
        }
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

    /// Waits for what was begun and for tracked tasks, and runs the hooks of the stop.
    pub(crate) async fn stop(&self) {
        self.start().await;
        self.running.told().cancel();
        self.running.stopping().cancel();
        self.drain();
        #[cfg(feature = "ws")]
        if let Some(draining) = self.draining() {
            draining.await;
        }
        let hooks = Duration::from_secs(30);
        self.running.life().end(std::future::pending(), hooks).await;
    }
}
