//! One listening socket, whatever carries its connections.

#[cfg(all(feature = "handover", target_os = "linux"))]
mod handed;
pub(super) mod tcp;
#[cfg(unix)]
pub(super) mod unix;

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::endpoint::Endpoint;
use super::listen::{At, Listen};
use super::stream::Stream;
use crate::message::Peer;

/// One listening socket.
#[derive(Debug)]
pub(super) struct Listener {
    // Removed before the socket is closed: its number cannot be that of another file yet.
    #[cfg(unix)]
    #[cfg_attr(
        not(all(feature = "handover", target_os = "linux")),
        expect(dead_code, reason = "it is only dropped")
    )]
    file: Option<unix::File>,
    kind: Kind,
    held: Held,
}

/// Who holds a socket. While that may be another process too, nothing is done to it that outlasts us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// This process.
    Alone,
    /// Another one too, such as systemd.
    #[cfg(unix)]
    Shared,
    /// It is ours, and another process may be about to take it over.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    Lent,
    /// We may be about to take it over; whether it will still be shared then.
    #[cfg(all(feature = "handover", target_os = "linux"))]
    Borrowed { shared: bool },
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

/// A connection that was accepted.
pub(super) type Accepted = (Stream, Peer);

impl Listener {
    /// Binds and listens, beside listeners of our own that overlap it, if any; another program there is an error.
    ///
    /// # Errors
    /// What the system says when the address is taken, absent or forbidden; the other listeners are then as they were.
    pub(super) fn bind(listen: Listen, backlog: u32, others: &[SockRef<'_>]) -> io::Result<Self> {
        match listen.at {
            At::Tcp(addr) => tcp::bind_beside(addr, backlog, others).map(Self::tcp),
            #[cfg(unix)]
            At::Unix { endpoint, mode } => unix::bind(&endpoint, mode, backlog),
            #[cfg(not(unix))]
            At::Unix { .. } => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this system has no Unix sockets",
            )),
            #[cfg(unix)]
            At::Inherited(socket) => unix::inherited(socket),
            #[cfg(all(feature = "handover", target_os = "linux"))]
            At::Handed(handed) => Self::handed(handed),
        }
    }

    pub(super) fn tcp(listener: TcpListener) -> Self {
        Self {
            #[cfg(unix)]
            file: None,
            kind: Kind::Tcp(listener),
            held: Held::Alone,
        }
    }

    /// Where it is bound: a port is never 0.
    ///
    /// # Errors
    /// If the socket does not tell.
    pub(super) fn endpoint(&self) -> io::Result<Endpoint> {
        match &self.kind {
            Kind::Tcp(listener) => listener.local_addr().map(Endpoint::Tcp),
            #[cfg(unix)]
            Kind::Unix(listener) => unix::endpoint(&SockRef::from(listener)),
        }
    }

    pub(super) fn socket(&self) -> SockRef<'_> {
        match &self.kind {
            Kind::Tcp(listener) => SockRef::from(listener),
            #[cfg(unix)]
            Kind::Unix(listener) => SockRef::from(listener),
        }
    }

    /// The next connection. For one task.
    pub(super) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        Poll::Ready(match &self.kind {
            Kind::Tcp(listener) => {
                let (stream, peer) = ready!(listener.poll_accept(cx))?;
                Ok((Stream::Tcp(stream), tcp_peer(peer)))
            }
            #[cfg(unix)]
            Kind::Unix(listener) => {
                let (stream, _) = ready!(listener.poll_accept(cx))?;
                Ok((Stream::Unix(stream), Peer::Unix))
            }
        })
    }

    /// Gives the connections that are complete in the queue, and what keeps the others there.
    pub(super) fn empty(&self) -> (Vec<Accepted>, Option<io::Error>) {
        let socket = self.socket();
        let mut queued = Vec::new();
        loop {
            match socket.accept() {
                Ok((stream, peer)) => {
                    let wrapped = stream.set_nonblocking(true).and_then(|()| match self.kind {
                        Kind::Tcp(_) => {
                            let peer = peer.as_socket().ok_or(io::ErrorKind::InvalidData)?;
                            let stream = tokio::net::TcpStream::from_std(stream.into())?;
                            Ok((Stream::Tcp(stream), tcp_peer(peer)))
                        }
                        #[cfg(unix)]
                        Kind::Unix(_) => {
                            let stream = tokio::net::UnixStream::from_std(stream.into())?;
                            Ok((Stream::Unix(stream), Peer::Unix))
                        }
                    });
                    queued.extend(wrapped);
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) if is_the_end_of_a_queue(&error) => return (queued, None),
                Err(error) => return (queued, Some(error)),
            }
        }
    }

    /// Takes no further client; whether those who have begun to connect need a moment. They are accepted.
    pub(super) fn refuse(&self) -> bool {
        match &self.kind {
            _ if self.held != Held::Alone => false,
            Kind::Tcp(listener) => tcp::refuse(&SockRef::from(listener)),
            #[cfg(unix)]
            Kind::Unix(listener) => unix::refuse(&SockRef::from(listener)),
        }
    }

    /// Whether [`refuse`](Self::refuse) can be undone.
    pub(super) fn can_welcome(&self) -> bool {
        self.held != Held::Alone || matches!(self.kind, Kind::Tcp(_))
    }

    /// Undoes [`refuse`](Self::refuse).
    ///
    /// # Errors
    /// It cannot be undone.
    pub(super) fn welcome(&self) -> io::Result<()> {
        match &self.kind {
            _ if self.held != Held::Alone => Ok(()),
            Kind::Tcp(listener) => tcp::welcome(&SockRef::from(listener)),
            #[cfg(unix)]
            Kind::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// A dual-stack socket tells IPv4 clients by mapped addresses.
fn tcp_peer(peer: SocketAddr) -> Peer {
    Peer::Tcp(canonical(peer))
}

/// The address as its own family writes it.
pub(super) fn canonical(addr: SocketAddr) -> SocketAddr {
    SocketAddr::new(addr.ip().to_canonical(), addr.port())
}

/// Whether an accept failed for the connection it would have given, not for the listener.
pub(super) fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// A Unix socket that takes no further client says so by `EINVAL` when its queue is empty.
fn is_the_end_of_a_queue(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::InvalidInput
    )
}
