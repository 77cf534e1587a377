//! The signals that end a server: Ctrl-C everywhere, SIGTERM where there is one.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens from the moment it is made, so that no signal is missed between two waits.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: Option<Signal>,
    #[cfg(unix)]
    terminate: Option<Signal>,
}

impl Signals {
    /// Starts to listen. A signal that cannot be listened to is logged and never comes.
    #[cfg(unix)]
    pub(crate) fn listen() -> Self {
        let open = |kind, name| {
            signal(kind)
                .inspect_err(
                    |error| tracing::error!(%error, name, "this signal cannot be listened to"),
                )
                .ok()
        };
        Self {
            interrupt: open(SignalKind::interrupt(), "SIGINT"),
            terminate: open(SignalKind::terminate(), "SIGTERM"),
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> Self {
        Self {}
    }

    /// The next signal's name.
    ///
    /// # Cancel safety
    /// No signal is lost.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> &'static str {
        async fn received(signal: &mut Option<Signal>) {
            let received = match signal {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if received.is_none() {
                std::future::pending::<()>().await;
            }
        }
        tokio::select! {
            () = received(&mut self.interrupt) => "SIGINT",
            () = received(&mut self.terminate) => "SIGTERM",
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> &'static str {
        match tokio::signal::ctrl_c().await {
            Ok(()) => "Ctrl-C",
            Err(error) => {
                tracing::error!(%error, "Ctrl-C cannot be listened to");
                std::future::pending().await
            }
        }
    }
}
