//! Where a listening socket is bound.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where a listening socket is bound: what [`BackgroundServer::addrs`](crate::server::BackgroundServer::addrs) tells
/// and [`unlisten`](crate::server::BackgroundServer::unlisten) takes.
///
/// Whatever turns into a [`SocketAddr`] turns into one of these.
///
/// ```
/// use toolkit_zero::server::Endpoint;
///
/// assert_eq!(Endpoint::from(([127, 0, 0, 1], 8080)).to_string(), "127.0.0.1:8080");
/// assert_eq!(Endpoint::unix("/run/app.sock").to_string(), "unix:/run/app.sock");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// An address and port.
    Tcp(SocketAddr),
    /// The path of a Unix socket; one that is relative and begins with `@` is an abstract name (Linux).
    Unix(PathBuf),
    /// A descriptor that is no socket; only errors tell of it.
    Descriptor(i32),
}

impl Endpoint {
    /// A Unix socket. A relative path is taken from the current directory; see [`Listen::unix`](super::Listen::unix) for
    /// abstract names.
    pub fn unix(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        if abstract_name(path).is_some() {
            return Self::Unix(path.to_owned());
        }
        // The program may change its directory later. The path that has no absolute form is refused by the bind.
        Self::Unix(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    }

    /// The address and port; `None` for a Unix socket.
    pub fn tcp(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(addr) => Some(*addr),
            Self::Unix(_) | Self::Descriptor(_) => None,
        }
    }
}

impl<A: Into<SocketAddr>> From<A> for Endpoint {
    fn from(addr: A) -> Self {
        Self::Tcp(addr.into())
    }
}

impl PartialEq<SocketAddr> for Endpoint {
    fn eq(&self, other: &SocketAddr) -> bool {
        self.tcp() == Some(*other)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => addr.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Descriptor(number) => write!(f, "descriptor {number}"),
        }
    }
}

/// The name of an abstract Unix socket, if `path` stands for one.
pub(super) fn abstract_name(path: &Path) -> Option<&[u8]> {
    path.as_os_str().as_encoded_bytes().strip_prefix(b"@")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_made_absolute_and_an_abstract_name_is_not() {
        let Endpoint::Unix(path) = Endpoint::unix("app.sock") else {
            panic!("no Unix socket");
        };
        assert!(path.is_absolute() && path.ends_with("app.sock"));
        assert_eq!(Endpoint::unix("@app").to_string(), "unix:@app");
        assert_ne!(Endpoint::unix("./@app"), Endpoint::unix("@app"));
    }
}
