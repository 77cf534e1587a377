//! The old process: it lends its sockets to a new one, and hears whether that has taken them.

use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

use super::{Loan, Takeover, VERSION, framed, length, not_ours, pass, value, written};
use crate::transport::listen::Listen;
use crate::transport::listener::Listener;
use crate::transport::stream::Stream;

/// How long who connects may take to say what they want, or to take what they are given.
const PATIENCE: Duration = Duration::from_secs(10);

/// The socket by which a new process asks.
#[derive(Debug)]
pub(crate) struct Giver(Listener);

impl Giver {
    /// On the socket of the process that served before, or on a new one at `path`.
    ///
    /// # Errors
    /// It cannot be bound.
    pub(crate) fn bind(path: &Path, takeover: Option<&mut Takeover>) -> io::Result<Self> {
        const BACKLOG: u32 = 16;
        // Who may write to it may take the sockets.
        let listen = Listen::unix(path).mode(0o600);
        let listen = match takeover {
            Some(takeover) => takeover.control(listen),
            None => listen,
        };
        Listener::bind(listen, BACKLOG, &[]).map(Self)
    }

    /// No other process has it.
    pub(crate) fn keep(&mut self) {
        self.0.keep();
    }

    /// The next process that asks.
    pub(crate) async fn taker(&self) -> Taker {
        loop {
            match poll_fn(|cx| self.0.poll_accept(cx)).await {
                Ok((Stream::Unix(stream), _)) => {
                    let mut taker = Taker { stream, process: 0 };
                    // Who only looks whether somebody listens says nothing.
                    if let Ok(Ok(())) = timeout(PATIENCE, taker.hello()).await {
                        return taker;
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "a process that may want to take over is not heard");
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

/// A process that asks for the sockets of this one.
#[derive(Debug)]
pub(crate) struct Taker {
    stream: UnixStream,
    process: u64,
}

impl Taker {
    pub(crate) fn process(&self) -> u64 {
        self.process
    }

    async fn next(&mut self) -> io::Result<Value> {
        let mut prefix = [0; 4];
        self.stream.read_exact(&mut prefix).await?;
        let mut frame = vec![0; length(prefix)?];
        self.stream.read_exact(&mut frame).await?;
        value(&frame)
    }

    async fn hello(&mut self) -> io::Result<()> {
        let hello = self.next().await?;
        if hello["handover"] != VERSION {
            return Err(not_ours());
        }
        self.process = hello["process"].as_u64().unwrap_or_default();
        Ok(())
    }

    /// Lends it the sockets.
    ///
    /// # Errors
    /// It has left, or the system refuses.
    pub(crate) async fn offer(&mut self, loan: &Loan, giver: &mut Giver) -> io::Result<()> {
        match timeout(PATIENCE, self.lend(loan, giver)).await {
            Ok(lent) => lent,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn lend(&mut self, loan: &Loan, giver: &mut Giver) -> io::Result<()> {
        let mut sockets = Vec::new();
        for lent in &loan.0 {
            sockets.push(json!({ "asked": written(&lent.asked)?, "shared": lent.shared }));
        }
        let process = std::process::id();
        let offer = json!({ "handover": VERSION, "process": process, "sockets": sockets });
        self.stream.write_all(&framed(&offer)?).await?;
        for lent in &loan.0 {
            self.pass(&lent.socket).await?;
        }
        let control = giver.0.lend()?;
        self.pass(&control).await
    }

    async fn pass(&self, socket: &OwnedFd) -> io::Result<()> {
        let send = || pass::send(self.stream.as_fd(), socket.as_fd());
        self.stream.async_io(Interest::WRITABLE, send).await
    }

    /// Which of the sockets it has taken, once it serves; `None` if it has given up.
    pub(crate) async fn outcome(&mut self) -> Option<Vec<usize>> {
        let told = self.next().await.ok()?;
        let taken = told["taken"].as_array()?.iter();
        let places = taken.filter_map(|place| usize::try_from(place.as_u64()?).ok());
        Some(places.collect())
    }

    /// Tells it that this process only finishes what it has begun.
    pub(crate) async fn confirm(mut self) {
        if let Err(error) = self.stream.write_u8(b'.').await {
            tracing::debug!(%error, "the process that has taken over did not wait for an answer");
        }
    }
}
