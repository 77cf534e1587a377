//! What a server allows its clients.

use std::time::Duration;

/// Connections served at once, where the descriptors allow it.
const CONNECTIONS: usize = 25_000;

/// What a server allows its clients. Everything is limited by default; each default stands beside its reason.
///
/// `Limits::default().drain(d).linger(d)` sets, [`values`](Self::values) reads under the same names. A route and a group may
/// have a `body_limit` and a `timeout` of their own.
///
/// ```
/// use std::time::Duration;
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::server::Limits;
///
/// let mut server = Server::default();
/// server.limits(Limits::default().body(64 << 10).idle(Duration::from_secs(20)));
/// ```
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
    stall: Duration,
    rate: u32,
    grace: Duration,
    linger: Duration,
    drain: Duration,
    body: u64,
    buffered: u64,
    head: usize,
    headers: usize,
    target: usize,
    connections: usize,
    backlog: u32,
    blocking_running: usize,
    blocking_waiting: usize,
    http2_streams: u32,
    http2_header_list: u32,
    http2_stream_window: u32,
    http2_connection_window: u32,
    http2_resets: usize,
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
    ///
    /// A client that connects has something to say; one that does not holds a descriptor.
    first_byte: Duration,
    /// From the first byte of a request to the end of its head (10 s); then it is answered 408
    /// (RFC 9110 section 15.5.9). A head is one packet or a few.
    header_read: Duration,
    /// How long a connection is kept without a request (75 s); then it is closed.
    ///
    /// Longer than the load balancers in use keep theirs (60 s), so that they close first: RFC 9112
    /// section 9.5 tells of the race.
    idle: Duration,
    /// How long data that is due may stand still (30 s), in both directions.
    ///
    /// A body is due while a handler waits for it: past the limit the handler's read fails, and the
    /// answer is 408 (RFC 9110 section 15.5.9). An answer is due while the socket takes no more of it:
    /// past the limit the connection is reset; over HTTP/2 also while the client opens no window for it
    /// (RFC 9113 section 5.2): then its stream is. A lost packet is sent again within seconds. A limit
    /// that would never end is `Duration::MAX`.
    stall: Duration,
    /// Bytes a second that data makes on average while it is due (240, as in Kestrel: the slowest modem
    /// is above it), past [`grace`](Self::grace).
    rate: u32,
    /// How long data may be due before its average counts (5 s, as in Kestrel).
    grace: Duration,
    /// How long a draining connection still waits for a request that may be on its way (1 s: a round
    /// trip round the world and a lost packet, RFC 6298 section 2.4).
    ///
    /// It counts from the moment the connection is idle after the signal. `Duration::ZERO` closes
    /// idle connections at once.
    linger: Duration,
    /// How long a drain may take (30 s, which is what orchestrators wait before they kill); what is left
    /// then is cut, counted and logged.
    drain: Duration,
    /// Bytes of a request body that are buffered (2 MiB); past it the answer is 413 (RFC 9110 section
    /// 15.5.14). A route may have a limit of its own.
    ///
    /// JSON and forms are smaller; files come as streams, which have no limit unless a handler sets one.
    body: u64,
    /// Bytes of all request bodies that are buffered at once (256 MiB, which is 128 full ones); past it
    /// the answer is 503 with `Retry-After` (RFC 9110 section 15.6.4). A body of up to 4 KiB is not
    /// counted.
    buffered: u64,
    /// Bytes of a request head over HTTP/1 (64 KiB); past it the answer is 431 (RFC 6585 section 5).
    /// At least 8 KiB.
    ///
    /// RFC 9112 section 3 wants 8,000 bytes of a request line at the least, RFC 6265 section 6.1 4,096
    /// for each of 50 cookies.
    head: usize,
    /// Field lines of a request head (100); past it the answer is 431 (RFC 6585 section 5). HTTP/1
    /// never takes more than 100, which is what hyper needs no allocation for.
    headers: usize,
    /// Bytes of a request target (8 KiB; RFC 9112 section 3 wants at least 8,000 for the line); past it
    /// the answer is 414 (RFC 9110 section 15.5.15).
    target: usize,
    /// Connections served at once: 25,000, or what the descriptor limit of the process allows less
    /// a reserve. Past it clients wait to be accepted.
    connections: usize,
    /// Connections that the kernel completes ahead of us (4,096, or less where the system allows less:
    /// `net.core.somaxconn`).
    ///
    /// A client that finds it full tries again after a second (RFC 6298 section 2.1); a burst of 2,000
    /// fits.
    backlog: u32,
    /// Blocking handlers that run at once (256: half of the threads that tokio has for it, the rest is
    /// for files and names).
    blocking_running: usize,
    /// Requests that wait for a blocking handler (1,024: four for each that runs); past it the answer is
    /// 503 with `Retry-After` (RFC 9110 section 15.6.4).
    blocking_waiting: usize,
    /// Requests at once on one HTTP/2 connection (200; RFC 9113 section 6.5.2 wants at least 100); past
    /// it a stream is refused (section 5.1.2).
    http2_streams: u32,
    /// Bytes of a request head over HTTP/2, unpacked (16 KiB, far above what browsers and gRPC send);
    /// past it the answer is 431 (RFC 6585 section 5, RFC 9113 section 10.5.1).
    http2_header_list: u32,
    /// Bytes a client may send on one HTTP/2 stream ahead of the handler (64 KiB, about the initial window
    /// of RFC 9113 section 6.9.2).
    http2_stream_window: u32,
    /// Bytes a client may send on one HTTP/2 connection ahead of the handlers (1 MiB: sixteen full
    /// streams; RFC 9113 section 6.9).
    http2_connection_window: u32,
    /// HTTP/2 streams that a client may open and reset before we have looked at them (20, as h2 has it
    /// since CVE-2023-44487, "rapid reset"); past it the connection ends with `ENHANCE_YOUR_CALM` (RFC
    /// 9113 section 10.5).
    http2_resets: usize,
}

impl Default for LimitValues {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(10),
            header_read: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            stall: Duration::from_secs(30),
            rate: 240,
            grace: Duration::from_secs(5),
            linger: Duration::from_secs(1),
            drain: Duration::from_secs(30),
            body: 2 << 20,
            buffered: 256 << 20,
            head: 64 << 10,
            headers: 100,
            target: 8 << 10,
            connections: descriptors().map_or(CONNECTIONS, |most| allowed(most).min(CONNECTIONS)),
            // tokio's own is 128.
            backlog: 4096,
            blocking_running: 256,
            blocking_waiting: 1024,
            http2_streams: 200,
            http2_header_list: 16 << 10,
            http2_stream_window: 64 << 10,
            http2_connection_window: 1 << 20,
            http2_resets: 20,
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
    }

    #[test]
    fn the_defaults_are_those_of_the_documentation() {
        let (limits, seconds) = (Limits::default(), Duration::from_secs);
        let values = limits.values();
        assert_eq!(values.first_byte(), seconds(10));
        assert_eq!(values.header_read(), seconds(10));
        assert_eq!(values.idle(), seconds(75));
        let progress = (values.stall(), values.rate(), values.grace());
        assert_eq!(progress, (seconds(30), 240, seconds(5)));
        assert_eq!((values.linger(), values.drain()), (seconds(1), seconds(30)));
        assert_eq!((values.body(), values.buffered()), (2 << 20, 256 << 20));
        let head = (values.head(), values.headers(), values.target());
        assert_eq!(head, (64 << 10, 100, 8 << 10));
        assert_eq!(values.backlog(), 4096);
        let blocking = (values.blocking_running(), values.blocking_waiting());
        assert_eq!(blocking, (256, 1024));
        let heads = (values.http2_streams(), values.http2_header_list());
        assert_eq!(heads, (200, 16 << 10));
        let windows = (
            values.http2_stream_window(),
            values.http2_connection_window(),
        );
        assert_eq!(windows, (64 << 10, 1 << 20));
        assert_eq!(values.http2_resets(), 20);
    }

    #[test]
    fn some_descriptors_are_never_used_for_connections() {
        assert_eq!(allowed(1024), 896);
        assert_eq!(allowed(20_000), 18_976);
        assert_eq!(allowed(10), 1);
        assert!(Limits::default().values().connections() <= CONNECTIONS);
    }
}
