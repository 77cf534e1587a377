//! Sockets that the process was started with.

use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;

use super::listen::Listen;

impl Listen {
    /// The sockets that systemd has bound for this process (socket activation, `sd_listen_fds(3)`), each with its name
    /// (`FileDescriptorName=` of the socket unit; empty if there is none). They can be taken once: a second call finds none, nor
    /// does one outside systemd.
    ///
    /// [`Server::systemd`](crate::server::Server::systemd) takes them by itself; this is for a program that treats one in another
    /// way than the others.
    ///
    /// It removes `LISTEN_FDS` and `LISTEN_PID` from the environment, so call it before other threads look there.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    /// use toolkit_zero::server::Listen;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let mut server = Server::default();
    /// for (name, socket) in Listen::passed()? {
    ///     server.listen(if name == "metrics" { socket.plain() } else { socket });
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// One is no stream socket; those after it are left.
    pub fn passed() -> io::Result<Vec<(String, Self)>> {
        #[cfg(not(target_os = "linux"))]
        return Ok(Vec::new());
        #[cfg(target_os = "linux")]
        {
            let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
            let mut names = names.split(':');
            let mut sockets = listenfd::ListenFd::from_env();
            let mut passed = Vec::new();
            for place in 0..sockets.len() {
                let name = names.next().filter(|name| *name != "unknown");
                let socket = Self::inherited(take(&mut sockets, place)?);
                passed.push((name.unwrap_or_default().to_owned(), socket));
            }
            Ok(passed)
        }
    }
}

#[cfg(target_os = "linux")]
fn take(sockets: &mut listenfd::ListenFd, place: usize) -> io::Result<OwnedFd> {
    let socket = match sockets.take_tcp_listener(place) {
        Ok(socket) => socket.map(OwnedFd::from),
        Err(_) => sockets.take_unix_listener(place)?.map(OwnedFd::from),
    };
    socket.ok_or_else(|| io::ErrorKind::NotFound.into())
}
