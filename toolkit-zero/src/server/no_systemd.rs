//! Without the feature `systemd`, or where there is none.

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Tells nobody.
#[derive(Debug)]
pub(super) struct Service;

#[expect(clippy::unused_self, reason = "the signatures of the real one")]
impl Service {
    pub(super) fn ready(&self, _: &[String], _: bool) {}

    pub(super) fn stopping(&self) {}

    pub(super) fn stay_alive(&self, _: &Handle, _: CancellationToken) {}
}
