//! The two ends of a connection, in little room: each of many idle connections keeps them.

use std::net::{SocketAddr, SocketAddrV4};

use crate::message::Peer;

/// Who is at the other end, and which address of ours they have connected to.
#[derive(Clone, Debug)]
pub(super) enum Ends {
    V4(SocketAddrV4, Option<SocketAddrV4>),
    /// IPv6 (which has twice the size), a Unix socket, or what is no socket.
    Other(Box<(Peer, Option<SocketAddr>)>),
}

impl Ends {
    pub(super) fn new(peer: Peer, local: Option<SocketAddr>) -> Self {
        match (peer, local) {
            (Peer::Tcp(SocketAddr::V4(peer)), None) => Self::V4(peer, None),
            (Peer::Tcp(SocketAddr::V4(peer)), Some(SocketAddr::V4(local))) => {
                Self::V4(peer, Some(local))
            }
            ends => Self::Other(Box::new(ends)),
        }
    }

    pub(super) fn peer(&self) -> Peer {
        match self {
            Self::V4(peer, _) => Peer::Tcp(SocketAddr::V4(*peer)),
            Self::Other(ends) => ends.0,
        }
    }

    pub(super) fn local(&self) -> Option<SocketAddr> {
        match self {
            Self::V4(_, local) => local.map(SocketAddr::V4),
            Self::Other(ends) => ends.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_what_they_were() {
        let addr = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (four, six) = (addr("127.0.0.1:80"), addr("[::1%2]:80"));
        let peers = [Peer::Tcp(four), Peer::Tcp(six), Peer::Unix];
        for peer in peers {
            for local in [None, Some(four), Some(six)] {
                let ends = Ends::new(peer, local);
                assert_eq!((ends.peer(), ends.local()), (peer, local));
            }
        }
        assert_eq!(size_of::<Ends>(), 16);
    }
}
