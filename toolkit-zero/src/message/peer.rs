//! Who is at the other end of a connection.

use std::fmt;
use std::net::SocketAddr;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A client with an address.
    Tcp(SocketAddr),
    /// A client of a Unix socket, which has none.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no Unix sockets"))]
    Unix,
}

impl Peer {
    pub(crate) fn addr(self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(addr) => Some(addr),
            Self::Unix => None,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => addr.fmt(f),
            Self::Unix => f.write_str("unix:"),
        }
    }
}
