//! What to listen on.

use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;

#[cfg(unix)]
use socket2::SockRef;

use super::endpoint::Endpoint;
#[cfg(all(feature = "handover", target_os = "linux"))]
use super::handover::Handed;
#[cfg(unix)]
use super::{endpoint::abstract_name, listener::unix};

/// What to listen on: an address, a Unix socket, or a socket that somebody else has bound.
///
/// Whatever turns into a [`SocketAddr`] turns into one of these, so `([127, 0, 0, 1], 8080)` is a `Listen` wherever one is
/// taken: [`Server::listen`](crate::server::Server::listen), [`BackgroundServer::listen`](crate::server::BackgroundServer::listen),
/// [`serve_managed`](crate::server::Server::serve_managed), [`rebind`](crate::server::BackgroundServer::rebind).
///
/// ```
/// use toolkit_zero::server::Listen;
/// # fn takes(_: impl Into<Listen>) {}
///
/// takes(([127, 0, 0, 1], 8080));
/// takes(Listen::unix("/run/app.sock").mode(0o660));
/// # #[cfg(unix)]
/// takes(Listen::inherited(std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap()));
/// ```
#[derive(Debug)]
#[must_use = "it says where to listen, and does not"]
pub struct Listen {
    pub(super) at: At,
    /// Without TLS, whatever the server has.
    plain: bool,
}

#[derive(Debug)]
pub(super) enum At {
    Tcp(SocketAddr),
    Unix {
        endpoint: Endpoint,
        /// The permissions of the socket file; those that the process gives new files without.
        mode: Option<u32>,
    },
    #[cfg(unix)]
    Inherited(OwnedFd),
    #[cfg(all(feature = "handover", target_os = "linux"))]
    Handed(Handed),
}

impl Listen {
    /// A Unix socket at `path`, which is made.
    ///
    /// A socket file that is there already is replaced if nobody listens on it any more (its server was killed), and is an
    /// error if somebody does, or if it is no socket. It is removed when the server stops listening there, if it is still the
    /// one that was made. A path has at most 107 bytes on Linux, 103 on macOS; a longer one is an error that says so.
    ///
    /// A path that begins with `@` is a name in Linux's abstract namespace: there is no file, no mode, and nothing to
    /// remove (write `./@name` for a file of such a name). Anybody on the machine may connect to it.
    ///
    /// A client of a Unix socket has no address, see [`ClientAddr`](crate::extract::ClientAddr).
    pub fn unix(path: impl AsRef<Path>) -> Self {
        Self {
            at: At::Unix {
                endpoint: Endpoint::unix(path),
                mode: None,
            },
            plain: true,
        }
    }

    /// The permissions of the file of a [Unix socket](Self::unix): who may write to it may connect. `0o660` lets the group,
    /// `0o666` everybody. Without it they are those of new files (`umask`), which let nobody else connect as a rule. They hold
    /// from the first moment that one can connect.
    ///
    /// It means nothing for anything else.
    pub fn mode(mut self, permissions: u32) -> Self {
        if let At::Unix { mode, .. } = &mut self.at {
            *mode = Some(permissions);
        }
        self
    }

    /// A socket that listens already: a [`TcpListener`](std::net::TcpListener) or `UnixListener` of the standard library, or a
    /// descriptor that this process was started with.
    ///
    /// Somebody else may hold the socket as well (systemd does), so a server that leaves it only stops accepting and serves
    /// whom it finds waiting: it does not make the kernel refuse clients, and does not remove the file of a Unix socket.
    #[cfg(unix)]
    pub fn inherited(socket: impl Into<OwnedFd>) -> Self {
        Self {
            at: At::Inherited(socket.into()),
            plain: false,
        }
    }

    /// Without TLS there, though the server has it (`Server::tls`): for a port of one's own machine, or one behind a proxy
    /// that ends TLS. A [Unix socket](Self::unix) is plain anyway.
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// The same, as plain as `other`.
    #[cfg(feature = "systemd")]
    pub(crate) fn plain_as(mut self, other: &Self) -> Self {
        self.plain |= other.plain;
        self
    }

    pub(super) fn is_plain(&self) -> bool {
        self.plain || matches!(self.endpoint(), Endpoint::Unix(_))
    }

    /// Where it is asked to be.
    pub(crate) fn endpoint(&self) -> Endpoint {
        match &self.at {
            At::Tcp(addr) => Endpoint::Tcp(*addr),
            At::Unix { endpoint, .. } => endpoint.clone(),
            #[cfg(unix)]
            At::Inherited(socket) => unix::endpoint(&SockRef::from(socket))
                .unwrap_or_else(|_| Endpoint::Descriptor(socket.as_raw_fd())),
            #[cfg(all(feature = "handover", target_os = "linux"))]
            At::Handed(handed) => handed.bound(),
        }
    }

    /// As the program has written it: a port may be 0. A process that takes over knows it by that.
    pub(super) fn asked(&self) -> Endpoint {
        match &self.at {
            #[cfg(all(feature = "handover", target_os = "linux"))]
            At::Handed(handed) => handed.asked.clone(),
            _ => self.endpoint(),
        }
    }

    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(super) fn is_inherited(&self) -> bool {
        matches!(self.at, At::Inherited(_))
    }

    /// The same, on a socket of another process.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    pub(super) fn on(self, mut handed: Handed) -> Self {
        if let At::Unix { mode, .. } = self.at {
            handed.mode = mode;
        }
        Self {
            at: At::Handed(handed),
            plain: self.plain,
        }
    }

    /// Gives the file of a Unix socket that is kept the permissions that are asked for.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn set_mode(&self) -> io::Result<()> {
        #[cfg(unix)]
        if let At::Unix {
            endpoint: Endpoint::Unix(path),
            mode: Some(mode),
        } = &self.at
            && abstract_name(path).is_none()
        {
            use std::os::unix::fs::PermissionsExt as _;
            return std::fs::set_permissions(path, std::fs::Permissions::from_mode(*mode));
        }
        Ok(())
    }
}

impl<A: Into<SocketAddr>> From<A> for Listen {
    fn from(addr: A) -> Self {
        Self {
            at: At::Tcp(addr.into()),
            plain: false,
        }
    }
}
