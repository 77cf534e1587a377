//! What a drain or a refused move tells.

use std::fmt;
use std::io;
use std::time::Duration;

use super::address::Relation;
use super::endpoint::Endpoint;

/// How a drain ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrainReport {
    completed: u64,
    aborted: u64,
    elapsed: Duration,
}

impl DrainReport {
    pub(super) fn new(completed: u64, aborted: u64, elapsed: Duration) -> Self {
        Self {
            completed,
            aborted,
            elapsed,
        }
    }

    /// With so many more that were cut.
    pub(crate) fn and_aborted(mut self, more: u64) -> Self {
        self.aborted += more;
        self
    }

    /// This drain and another that was waited for with it.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            completed: self.completed + other.completed,
            aborted: self.aborted + other.aborted,
            elapsed: self.elapsed.max(other.elapsed),
        }
    }

    /// Requests that were finished after the signal.
    pub fn completed(&self) -> u64 {
        self.completed
    }

    /// Requests, upgraded connections and tracked tasks that the deadline cut.
    pub fn aborted(&self) -> u64 {
        self.aborted
    }

    /// From the signal to the last connection closed.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Display for DrainReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        write!(
            f,
            "drained in {seconds:.1} s: {} completed, {} aborted",
            self.completed, self.aborted
        )
    }
}

/// Why a server was not moved. It goes on serving where it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RebindError {
    /// The new address cannot be bound.
    #[error("{addr} cannot be bound: {source}; the server stays where it is")]
    #[non_exhaustive]
    Bind {
        /// The address that was asked for.
        addr: Endpoint,
        /// What the system said.
        source: io::Error,
    },
    /// The addresses overlap, which only Linux lets one program move between.
    #[error(
        "{from} and {to} overlap, and only Linux can move between them; stop the server and start it on {to}"
    )]
    #[non_exhaustive]
    Unsupported {
        /// The address served now.
        from: Endpoint,
        /// The address that was asked for.
        to: Endpoint,
    },
    /// Its certificates or keys cannot be used.
    #[cfg(feature = "tls")]
    #[error("{to} cannot speak TLS: {source}; the server stays where it is")]
    #[non_exhaustive]
    Tls {
        /// The address that was asked for.
        to: Endpoint,
        /// All that is wrong with them.
        source: super::TlsError,
    },
    /// The server has been stopped.
    #[error("the server has been stopped, so it cannot be moved to {to}; start a new one there")]
    #[non_exhaustive]
    Stopped {
        /// The address that was asked for.
        to: Endpoint,
    },
}

impl RebindError {
    pub(crate) fn stopped(to: Endpoint) -> Self {
        Self::Stopped { to }
    }

    pub(super) fn bind(from: Endpoint, to: Endpoint, source: io::Error) -> Self {
        let overlap = Relation::between(&from, &to) != Relation::Disjoint;
        if overlap && source.kind() == io::ErrorKind::Unsupported {
            return Self::Unsupported { from, to };
        }
        Self::Bind { addr: to, source }
    }
}

/// Why a server does not listen somewhere else too, or goes on listening. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// It cannot be bound.
    #[error("{addr} cannot be bound: {source}; the server listens where it did")]
    #[non_exhaustive]
    Bind {
        /// What was asked for.
        addr: Endpoint,
        /// What the system said.
        source: io::Error,
    },
    /// The server does not listen there.
    #[error("the server does not listen on {addr}, but on {}", list(.listening))]
    #[non_exhaustive]
    NotListening {
        /// What was asked for.
        addr: Endpoint,
        /// What it listens on.
        listening: Vec<Endpoint>,
    },
    /// The server listens nowhere else.
    #[error(
        "{addr} is all that the server listens on; stop it instead, or let it listen elsewhere first"
    )]
    #[non_exhaustive]
    Last {
        /// What was asked for.
        addr: Endpoint,
    },
    /// The server has been stopped.
    #[error("the server has been stopped, so it listens nowhere; start a new one on {addr}")]
    #[non_exhaustive]
    Stopped {
        /// What was asked for.
        addr: Endpoint,
    },
}

impl ListenError {
    pub(super) fn bind(addr: &Endpoint, source: io::Error) -> Self {
        let addr = addr.clone();
        Self::Bind { addr, source }
    }

    pub(super) fn not_listening(addr: &Endpoint, listening: Vec<Endpoint>) -> Self {
        let addr = addr.clone();
        Self::NotListening { addr, listening }
    }

    pub(super) fn last(addr: &Endpoint) -> Self {
        Self::Last { addr: addr.clone() }
    }

    pub(crate) fn stopped(addr: Endpoint) -> Self {
        Self::Stopped { addr }
    }
}

fn list(endpoints: &[Endpoint]) -> String {
    let texts: Vec<_> = endpoints.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_as_a_sentence() {
        let report = DrainReport::new(3, 1, Duration::from_millis(1240));
        assert_eq!(
            report.to_string(),
            "drained in 1.2 s: 3 completed, 1 aborted"
        );
    }
}
