//! Listening sockets that pass from a process to its successor.
//!
//! The old process listens on a Unix socket. The new one connects to it and says so; it gets a list of what the old one
//! listens on, and the sockets. When it serves them it tells which it has taken: the old one closes these, and drains. If the
//! connection ends before that, nothing has changed. All that is said are frames: four bytes with the length (big
//! endian), and JSON.

mod giver;
mod pass;
mod taker;
#[cfg(test)]
mod tests;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use serde_json::Value;
use socket2::SockRef;

use super::acceptor::Acceptor;
use super::endpoint::Endpoint;
use super::listener::unix;

pub(crate) use self::giver::Giver;
pub(crate) use self::taker::Takeover;

/// Counts up when frames change.
const VERSION: u64 = 1;
/// No frame is longer.
const LONGEST: usize = 1 << 20;

/// A listening socket of another process.
#[derive(Debug)]
pub(super) struct Handed {
    /// What that program had written: a port may be 0.
    pub(super) asked: Endpoint,
    /// A third one holds it too.
    pub(super) shared: bool,
    /// The permissions of the file that this program wants.
    pub(super) mode: Option<u32>,
    pub(super) socket: OwnedFd,
}

impl Handed {
    /// Where it is bound.
    pub(super) fn bound(&self) -> Endpoint {
        let bound = unix::endpoint(&SockRef::from(&self.socket));
        bound.unwrap_or_else(|_| self.asked.clone())
    }
}

/// What another process may take over. Dropped, it is kept.
#[derive(Debug, Default)]
pub(crate) struct Loan(Vec<Lent>);

/// One listening socket that another process may take over.
#[derive(Debug)]
struct Lent {
    acceptor: Arc<Acceptor>,
    asked: Endpoint,
    /// A third process holds it too.
    shared: bool,
    socket: OwnedFd,
}

impl Loan {
    /// Adds the socket of `acceptor`, if it is open.
    ///
    /// # Errors
    /// There is no descriptor left.
    pub(super) fn add(&mut self, acceptor: &Arc<Acceptor>, asked: &Endpoint) -> io::Result<()> {
        if let Some((socket, shared)) = acceptor.lend()? {
            self.0.push(Lent {
                acceptor: Arc::clone(acceptor),
                asked: asked.clone(),
                shared,
                socket,
            });
        }
        Ok(())
    }

    /// Leaves those `taken` to the other process, which serves whoever waits there. The others are kept.
    pub(crate) fn give(self, taken: &[usize]) {
        for place in taken {
            if let Some(lent) = self.0.get(*place) {
                lent.acceptor.give_away();
            }
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        for lent in &self.0 {
            lent.acceptor.keep();
        }
    }
}

/// An endpoint as a frame tells it.
fn written(endpoint: &Endpoint) -> io::Result<String> {
    match endpoint {
        Endpoint::Unix(path) if path.to_str().is_none() => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a path that is no UTF-8 cannot be handed over",
        )),
        Endpoint::Unix(_) | Endpoint::Tcp(_) | Endpoint::Descriptor(_) => Ok(endpoint.to_string()),
    }
}

/// What [`written`] has written.
fn read(text: &str) -> Option<Endpoint> {
    match text.strip_prefix("unix:") {
        Some(path) => Some(Endpoint::Unix(path.into())),
        None => text.parse().ok().map(Endpoint::Tcp),
    }
}

fn framed(value: &Value) -> io::Result<Vec<u8>> {
    let text = value.to_string();
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok([&length.to_be_bytes(), text.as_bytes()].concat())
}

fn length(prefix: [u8; 4]) -> io::Result<usize> {
    let length = usize::try_from(u32::from_be_bytes(prefix)).unwrap_or(usize::MAX);
    if length > LONGEST {
        return Err(not_ours());
    }
    Ok(length)
}

fn value(frame: &[u8]) -> io::Result<Value> {
    serde_json::from_slice(frame).map_err(|_| not_ours())
}

fn not_ours() -> io::Error {
    let text = "whoever listens there hands no sockets over, or speaks another version";
    io::Error::new(io::ErrorKind::InvalidData, text)
}
