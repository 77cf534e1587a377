//! Readiness and liveness, for those who watch a server from outside.

use std::sync::Arc;

use super::running::Running;
use crate::declare::ServerMechanism;
use crate::reply::Problem;
use crate::routing::{Origin, SocketType};

/// A probe that was asked for: its path, and where that was written.
pub(super) type Probe = (String, Origin);

/// 200 while the server takes requests; 503 before its start hooks have ended, and from the moment it is told to stop.
pub(super) fn readiness((path, origin): Probe, running: &Arc<Running>) -> SocketType {
    let running = Arc::downgrade(running);
    let ready = move || {
        let ready = running.upgrade().is_some_and(|running| running.is_ready());
        async move {
            if ready {
                return Ok("ready");
            }
            let problem = Problem::service_unavailable().detail("the server is not ready");
            Err(problem.header("cache-control", "no-store").retry_after(1))
        }
    };
    ServerMechanism::get(path)
        .onconnect(ready)
        .declared_at(origin)
}

/// 200 as long as the server answers at all.
pub(super) fn liveness((path, origin): Probe) -> SocketType {
    ServerMechanism::get(path)
        .onconnect(|| async { "alive" })
        .declared_at(origin)
}
