//! What a drain or a refused move tells.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

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
        addr: SocketAddr,
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
        from: SocketAddr,
        /// The address that was asked for.
        to: SocketAddr,
    },
    /// Its certificates or keys cannot be used.
    #[cfg(feature = "tls")]
    #[error("{to} cannot speak TLS: {source}; the server stays where it is")]
    #[non_exhaustive]
    Tls {
        /// The address that was asked for.
        to: SocketAddr,
        /// All that is wrong with them.
        source: super::TlsError,
    },
    /// The server has been stopped.
    #[error("the server has been stopped, so it cannot be moved to {to}; start a new one there")]
    #[non_exhaustive]
    Stopped {
        /// The address that was asked for.
        to: SocketAddr,
    },
}

impl RebindError {
    pub(crate) fn stopped(to: SocketAddr) -> Self {
        Self::Stopped { to }
    }
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
