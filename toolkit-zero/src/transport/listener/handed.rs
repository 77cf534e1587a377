//! Listening sockets that pass from one process to another.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use super::{Held, Kind, Listener, unix};
use crate::transport::endpoint::{Endpoint, abstract_name};
use crate::transport::handover::Handed;

impl Listener {
    /// A socket of another process, which is not ours before [`keep`](Self::keep).
    pub(super) fn handed(handed: Handed) -> io::Result<Self> {
        let Handed {
            socket,
            shared,
            mode,
            ..
        } = handed;
        let mut listener = unix::inherited(socket)?;
        if let (Some(mode), Endpoint::Unix(path)) = (mode, listener.endpoint()?)
            && abstract_name(&path).is_none()
        {
            unix::set_mode(&path, mode)?;
        }
        listener.held = Held::Borrowed { shared };
        Ok(listener)
    }

    /// The same socket, for another process; until [`keep`](Self::keep) that may have it.
    pub(in crate::transport) fn lend(&mut self) -> io::Result<OwnedFd> {
        let socket = match &self.kind {
            Kind::Tcp(listener) => listener.as_fd(),
            Kind::Unix(listener) => listener.as_fd(),
        };
        let socket = socket.try_clone_to_owned()?;
        if self.held == Held::Alone {
            self.held = Held::Lent;
        }
        Ok(socket)
    }

    pub(in crate::transport) fn is_borrowed(&self) -> bool {
        matches!(self.held, Held::Borrowed { .. })
    }

    pub(in crate::transport) fn is_shared(&self) -> bool {
        self.held == Held::Shared
    }

    /// The other process has not taken it, or has left it to us.
    pub(in crate::transport) fn keep(&mut self) {
        match self.held {
            Held::Alone | Held::Shared => {}
            Held::Borrowed { shared: true } => self.held = Held::Shared,
            Held::Lent => self.held = Held::Alone,
            Held::Borrowed { shared: false } => {
                self.held = Held::Alone;
                if let Ok(Endpoint::Unix(path)) = self.endpoint()
                    && abstract_name(&path).is_none()
                {
                    // Without it the file is left when this is closed.
                    self.file = unix::File::of(&path).ok();
                }
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The file is that of the process that has the socket.
        if self.held != Held::Alone
            && let Some(file) = self.file.take()
        {
            file.leave();
        }
    }
}
