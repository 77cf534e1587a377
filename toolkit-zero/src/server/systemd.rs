//! What systemd is told.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Tells systemd of the server's life. Without `NOTIFY_SOCKET` it tells nobody.
#[derive(Debug)]
pub(super) struct Service;

#[expect(
    clippy::unused_self,
    reason = "that it is there says that systemd wants to know"
)]
impl Service {
    /// Requests are answered; `takeover` if another process has answered them before.
    pub(super) fn ready(&self, urls: &[String], takeover: bool) {
        let status = format!("serving on {}", urls.join(", "));
        let mut told = vec![NotifyState::Ready, NotifyState::Status(&status)];
        if takeover {
            told.push(NotifyState::MainPid(std::process::id()));
        }
        tell(&told);
    }

    /// Nobody new is welcome.
    pub(super) fn stopping(&self) {
        tell(&[NotifyState::Stopping]);
    }

    /// Says that the runtime runs, as often as systemd wants to hear it (`WatchdogSec=`), until `ended`.
    pub(super) fn stay_alive(&self, runtime: &Handle, ended: CancellationToken) {
        let Some(limit) = sd_notify::watchdog_enabled().filter(|limit| !limit.is_zero()) else {
            return;
        };
        let pause = (limit / 2).max(Duration::from_millis(1));
        drop(runtime.spawn(async move {
            loop {
                tell(&[NotifyState::Watchdog]);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = ended.cancelled() => return,
                }
            }
        }));
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}
