//! What a server allows its clients.

use std::time::Duration;

/// Connections served at once, where the descriptors allow it.
const CONNECTIONS: usize = 25_000;

/// What a server allows its clients. Everything is limited by default.
///
/// `Limits::default().drain(d).linger(d)` sets, [`values`](Self::values) reads under the same names.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    values: LimitValues,
}

impl Limits {
    /// What is in force, under the names of the setters.
    pub fn values(&self) -> &LimitValues {
        &self.values
    }
}

/// The values of [`Limits`].
#[derive(Clone, Copy, Debug)]
pub struct LimitValues {
    first_byte: Duration,
    header_read: Duration,
    idle: Duration,
    linger: Duration,
    drain: Duration,
    body: u64,
    head: usize,
    connections: usize,
    backlog: u32,
    http2_streams: u32,
    http2_header_list: u32,
    http2_stream_window: u32,
    http2_connection_window: u32,
}

/// One setter of `Limits` and one getter of `LimitValues` a line.
macro_rules! limits {
    ($($(#[$doc:meta])+ $name:ident: $type:ty,)+) => {
        impl Limits {
            $($(#[$doc])+
            #[must_use]
            pub fn $name(mut self, $name: $type) -> Self {
                self.values.$name = $name;
                self
            })+
        }

        impl LimitValues {
            $($(#[$doc])+
            pub fn $name(&self) -> $type {
                self.$name
            })+
        }
    };
}

limits! {
    /// From the accept to the first byte (10 s); then the connection is closed.
    first_byte: Duration,
    /// From the first byte of a request to the end of its head (10 s); then it is answered 408.
    header_read: Duration,
    /// How long a connection is kept without a request (75 s).
    idle: Duration,
    /// How long a draining connection still waits for a request that may be on its way (1 s).
    ///
    /// It counts from the moment the connection is idle after the signal. `Duration::ZERO` closes
    /// idle connections at once.
    linger: Duration,
    /// How long a drain may take (30 s); what is left then is cut, counted and logged.
    drain: Duration,
    /// Bytes of a request body that are buffered (2 MiB); past it the answer is 413.
    body: u64,
    /// Bytes of a request head over HTTP/1 (64 KiB); past it the answer is 431. At least 8 KiB.
    head: usize,
    /// Connections served at once: 25,000, or what the descriptor limit of the process allows less
    /// a reserve. Past it clients wait to be accepted.
    connections: usize,
    /// Connections that the kernel completes ahead of us (1,024).
    backlog: u32,
    /// Requests at once on one HTTP/2 connection (200).
    http2_streams: u32,
    /// Bytes of a request head over HTTP/2, unpacked (16 KiB).
    http2_header_list: u32,
    /// Bytes a client may send on one HTTP/2 stream ahead of the handler (64 KiB).
    http2_stream_window: u32,
    /// Bytes a client may send on one HTTP/2 connection ahead of the handlers (1 MiB).
    http2_connection_window: u32,
}

impl Default for LimitValues {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(10),
            header_read: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            linger: Duration::from_secs(1),
            drain: Duration::from_secs(30),
            body: 2 << 20,
            head: 64 << 10,
            connections: descriptors().map_or(CONNECTIONS, |most| allowed(most).min(CONNECTIONS)),
            backlog: 1024,
            http2_streams: 200,
            http2_header_list: 16 << 10,
            http2_stream_window: 64 << 10,
            http2_connection_window: 1 << 20,
        }
    }
}

/// Connections a process of `descriptors` may hold: an eighth (32 to 1,024) stays for the handlers'
/// own files and for the connections that a drain takes out of the queue.
fn allowed(descriptors: usize) -> usize {
    descriptors
        .saturating_sub((descriptors / 8).clamp(32, 1024))
        .max(1)
}

/// The soft limit of descriptors, where the system tells it in a file (Linux).
fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setters_and_getters_share_their_names() {
        let limits = Limits::default().drain(Duration::ZERO).body(7);
        assert_eq!(limits.values().drain(), Duration::ZERO);
        assert_eq!(limits.values().body(), 7);
        assert_eq!(limits.values().idle(), Duration::from_secs(75));
    }

    #[test]
    fn some_descriptors_are_never_used_for_connections() {
        assert_eq!(allowed(1024), 896);
        assert_eq!(allowed(20_000), 18_976);
        assert_eq!(allowed(10), 1);
        assert!(Limits::default().values().connections() <= CONNECTIONS);
    }
}
