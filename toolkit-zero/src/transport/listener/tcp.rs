//! Listening TCP sockets: how they are bound, shared for a moment, and closed.

use std::io;
use std::net::SocketAddr;

#[cfg(target_os = "linux")]
use socket2::SockFilter;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpListener;

/// Binds `addr` and listens. Another program on this port is an error.
///
/// # Errors
/// What the system says when the address is taken, absent or forbidden.
pub(super) fn bind(addr: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    listen(socket(addr)?, addr, backlog)
}

/// Binds `addr` beside listeners of our own that overlap it, if any.
///
/// The port is shared for the moment of the bind only: a second program stays locked out. One case
/// remains: while `[::]` is bound beside another address, a program of the same user that itself asks
/// for `SO_REUSEPORT` is let in (see [`seal`]).
///
/// # Errors
/// As [`bind`]; the other listeners are then as they were.
pub(super) fn bind_beside(
    addr: SocketAddr,
    backlog: u32,
    others: &[SockRef<'_>],
) -> io::Result<TcpListener> {
    if others.is_empty() {
        return bind(addr, backlog);
    }
    let socket = socket(addr)?;
    share(&socket, true)?;
    let bound = others
        .iter()
        .try_for_each(|other| share(other, true))
        .and_then(|()| listen(socket, addr, backlog));
    for other in others {
        share(other, false)?;
    }
    let listener = bound?;
    share(&SockRef::from(&listener), false)?;
    seal(listener.local_addr()?.port());
    Ok(listener)
}

fn socket(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    // On Windows the option would let a second program take the port.
    if cfg!(unix) {
        socket.set_reuse_address(true)?;
    }
    if addr.is_ipv6() {
        socket.set_only_v6(!addr.ip().is_unspecified())?;
    }
    prepare(&socket)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Sets what accepted sockets inherit on Linux; elsewhere the host sets it.
pub(super) fn prepare(socket: &Socket) -> io::Result<()> {
    note_progress(socket);
    socket.set_tcp_nodelay(true)
}

fn listen(socket: Socket, addr: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    socket.bind(&addr.into())?;
    socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
    TcpListener::from_std(socket.into())
}

/// How far the kernel takes more than it can send. Half of it must be sent before it takes more, so
/// that is the least of a client's progress that can be seen: 16 KiB in `Limits::stall`.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 32 << 10;

/// Keeps what waits in the kernel small, so that a slow client is told from one that stands still.
/// Accepted sockets inherit it.
#[cfg(target_os = "linux")]
fn note_progress(socket: &Socket) {
    if let Err(error) = socket.set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!(%error, "the kernel may hide a slow client's progress");
    }
}

#[cfg(not(target_os = "linux"))]
fn note_progress(_: &Socket) {}

#[cfg(target_os = "linux")]
fn share(socket: &Socket, shared: bool) -> io::Result<()> {
    socket.set_reuse_port(shared)
}

#[cfg(not(target_os = "linux"))]
fn share(_: &Socket, _: bool) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes Linux forget that `port` was shared.
///
/// The kernel notes the option in the port's own record when a socket is bound, not when the option
/// is cleared, and lets programs of the same user in by that note. Any further bind without the
/// option clears it; an address that no listener of ours covers is found for one moment.
#[cfg(target_os = "linux")]
fn seal(port: u16) {
    use std::net::{Ipv4Addr, Ipv6Addr};
    let elsewhere = [
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv4Addr::new(127, 255, 255, 253), port)),
    ];
    let sealed = elsewhere
        .into_iter()
        .any(|addr| socket(addr).is_ok_and(|socket| socket.bind(&addr.into()).is_ok()));
    if !sealed {
        tracing::debug!(
            port,
            "programs of this user that ask for SO_REUSEPORT may share the port"
        );
    }
}

#[cfg(not(target_os = "linux"))]
fn seal(_: u16) {}

/// Makes the kernel drop what would begin another connection; whether it does. A handshake that has begun comes to its
/// end. The client of a dropped one asks again, and is refused or finds another listener.
#[cfg(target_os = "linux")]
pub(super) fn refuse(listener: &SockRef<'_>) -> bool {
    // The flags of a segment (RFC 9293 section 3.1); nothing of one with SYN is kept, all of the others is.
    let (load_byte, jump_if_set, give) = (0x30, 0x45, 0x06);
    let drop_syn = [
        SockFilter::new(load_byte, 0, 0, 13),
        SockFilter::new(jump_if_set, 0, 1, 0x02),
        SockFilter::new(give, 0, 0, 0),
        SockFilter::new(give, 0, 0, u32::MAX),
    ];
    match listener.attach_filter(&drop_syn) {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "a closing listener still begins connections");
            false
        }
    }
}

/// Undoes [`refuse`].
#[cfg(target_os = "linux")]
pub(super) fn welcome(listener: &SockRef<'_>) -> io::Result<()> {
    listener.detach_filter()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn refuse(_: &SockRef<'_>) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(super) fn welcome(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}
