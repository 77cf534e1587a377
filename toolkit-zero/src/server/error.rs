//! Why a server did not start.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::{Endpoint, Fault, ListenError};

/// Why a server did not start. Nothing is bound, and no task runs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootError {
    /// There is no tokio runtime to serve on.
    #[error(
        "there is no tokio runtime here to serve on\n= help: call it inside `#[toolkit_zero::main]` or `#[tokio::main]`, or use `Server::run`, which makes one"
    )]
    NoRuntime,
    /// [`Server::run`](super::Server::run) was called inside a runtime, and blocking it would stop it.
    #[error(
        "`Server::run` blocks its thread, and this thread belongs to a tokio runtime\n= help: use `serve_managed(addr)` and then `until_stopped().await`"
    )]
    InsideRuntime,
    /// Everything that is wrong with the routes, at once.
    #[error("{}", Faults(.0))]
    Faults(Vec<Fault>),
    /// The address cannot be bound.
    #[error("{addr} cannot be bound: {source}{}", bind_help(source))]
    #[non_exhaustive]
    Bind {
        /// The address that was asked for.
        addr: Endpoint,
        /// What the system said.
        source: io::Error,
    },
    /// The sockets that the process was started with cannot be used.
    #[error("the sockets of systemd cannot be used: {0}")]
    Passed(#[source] io::Error),
    /// The process that serves now cannot be asked for its sockets; it goes on.
    #[error("nothing can be taken over by {}: {source}", path.display())]
    #[non_exhaustive]
    Handover {
        /// The socket of [`Server::handover`](super::Server::handover).
        path: PathBuf,
        /// What the system or the other process said.
        source: io::Error,
    },
    /// A hook of [`Server::on_start`](super::Server::on_start) failed; the text is its error.
    #[error("`on_start` failed: {0}")]
    Start(String),
    /// The runtime cannot be built.
    #[error("the tokio runtime cannot be built: {0}")]
    Runtime(#[source] io::Error),
}

impl From<ListenError> for BootError {
    fn from(error: ListenError) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "a boot only binds")]
        match error {
            ListenError::Bind { addr, source } => Self::Bind { addr, source },
            other => Self::Start(other.to_string()),
        }
    }
}

fn bind_help(source: &io::Error) -> &'static str {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others need no help of ours"
    )]
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            "\n= help: another program listens there; stop it, or take another port (port 0 takes a free one)"
        }
        io::ErrorKind::PermissionDenied => {
            "\n= help: ports below 1024 need a privilege; take a higher one"
        }
        io::ErrorKind::AddrNotAvailable => {
            "\n= help: this machine has no such address; 0.0.0.0 and [::] stand for all it has"
        }
        _ => "",
    }
}

/// The list of faults as one text.
struct Faults<'a>(&'a [Fault]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(
            f,
            "the server cannot start: {count} {}",
            if count == 1 { "fault" } else { "faults" }
        )?;
        for fault in self.0 {
            write!(f, "\n\nerror: {fault}")?;
        }
        Ok(())
    }
}
