//! How two addresses lie to each other.

use std::net::{IpAddr, SocketAddr};

use super::endpoint::Endpoint;

/// What binding `to` means while `from` is listened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// No connection could reach both.
    Disjoint,
    /// The same address and port.
    Equal,
    /// `to` takes what `from` takes, and more.
    Wider,
    /// `to` takes a part of what `from` takes.
    Narrower,
}

impl Relation {
    /// `from` is bound, so its port is real; port 0 in `to` will be another one.
    pub(super) fn between(from: &Endpoint, to: &Endpoint) -> Self {
        match (from, to) {
            (Endpoint::Tcp(from), Endpoint::Tcp(to)) => Self::between_addrs(*from, *to),
            (Endpoint::Unix(from), Endpoint::Unix(to)) if from == to => Self::Equal,
            _ => Self::Disjoint,
        }
    }

    fn between_addrs(from: SocketAddr, to: SocketAddr) -> Self {
        if from.port() != to.port() {
            return Self::Disjoint;
        }
        let (from, to) = (from.ip().to_canonical(), to.ip().to_canonical());
        if from == to {
            Self::Equal
        } else if covers(to, from) {
            Self::Wider
        } else if covers(from, to) {
            Self::Narrower
        } else {
            Self::Disjoint
        }
    }
}

/// `[::]` is bound for both families.
fn covers(wide: IpAddr, narrow: IpAddr) -> bool {
    match wide {
        IpAddr::V4(wide) => wide.is_unspecified() && narrow.is_ipv4(),
        IpAddr::V6(wide) => wide.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(from: &str, to: &str) -> Relation {
        let endpoint = |text: &str| match text.parse::<SocketAddr>() {
            Ok(addr) => Endpoint::Tcp(addr),
            Err(_) => Endpoint::unix(text),
        };
        Relation::between(&endpoint(from), &endpoint(to))
    }

    #[test]
    fn every_pair_has_one_relation() {
        assert_eq!(between("127.0.0.1:80", "127.0.0.1:81"), Relation::Disjoint);
        assert_eq!(between("127.0.0.1:80", "127.0.0.1:0"), Relation::Disjoint);
        assert_eq!(between("127.0.0.1:80", "127.0.0.2:80"), Relation::Disjoint);
        assert_eq!(between("127.0.0.1:80", "[::1]:80"), Relation::Disjoint);
        assert_eq!(between("0.0.0.0:80", "[::1]:80"), Relation::Disjoint);
        assert_eq!(between("127.0.0.1:80", "127.0.0.1:80"), Relation::Equal);
        assert_eq!(between("127.0.0.1:80", "0.0.0.0:80"), Relation::Wider);
        assert_eq!(between("127.0.0.1:80", "[::]:80"), Relation::Wider);
        assert_eq!(between("0.0.0.0:80", "[::]:80"), Relation::Wider);
        assert_eq!(between("[::]:80", "0.0.0.0:80"), Relation::Narrower);
        assert_eq!(between("[::]:80", "[::1]:80"), Relation::Narrower);
        assert_eq!(between("0.0.0.0:80", "10.0.0.1:80"), Relation::Narrower);
        assert_eq!(between("/a.sock", "/a.sock"), Relation::Equal);
        assert_eq!(between("/a.sock", "/b.sock"), Relation::Disjoint);
        assert_eq!(between("/a.sock", "127.0.0.1:80"), Relation::Disjoint);
        assert_eq!(between("@a", "@a"), Relation::Equal);
    }
}
