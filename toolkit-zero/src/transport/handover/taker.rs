//! The new process: it takes the sockets of the old one.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tokio::io::AsyncReadExt as _;

use super::{Handed, VERSION, framed, length, not_ours, pass, read, value};
use crate::transport::endpoint::{Endpoint, abstract_name};
use crate::transport::listen::Listen;
use crate::transport::listener::unix;

/// How long the old process may take for an answer; it may be in the middle of another handover.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sockets of another process, until this one serves. Dropped before that, the other one goes on.
#[derive(Debug)]
pub(crate) struct Takeover {
    stream: UnixStream,
    process: u64,
    /// In the order of the other process; `None` once taken.
    sockets: Vec<Option<Handed>>,
    taken: Vec<usize>,
    /// The socket that the connection was made to.
    control: Option<Handed>,
}

impl Takeover {
    /// Asks who listens at `path` for its sockets; `None` if nobody does. It blocks for a moment.
    ///
    /// # Errors
    /// The one who listens there does not answer, or answers something else.
    pub(crate) fn ask(path: &Path) -> io::Result<Option<Self>> {
        if abstract_name(path).is_some() {
            let text =
                "anybody could take the sockets by an abstract name; give the path of a file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        if let Err(error) = socket.connect(&unix::address(path)?) {
            let nobody = [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused];
            return match error {
                error if nobody.contains(&error.kind()) => Ok(None),
                error => Err(error),
            };
        }
        let stream = UnixStream::from(std::os::fd::OwnedFd::from(socket));
        let slow = [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut];
        let gone = [
            io::ErrorKind::UnexpectedEof,
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::BrokenPipe,
        ];
        match Self::receive(stream) {
            Ok(takeover) => Ok(Some(takeover)),
            Err(error) if slow.contains(&error.kind()) => {
                let text =
                    "the process that serves does not answer; is another one just taking over?";
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
            Err(error) if gone.contains(&error.kind()) => Err(not_ours()),
            Err(error) => Err(error),
        }
    }

    fn receive(mut stream: UnixStream) -> io::Result<Self> {
        let hello = json!({ "handover": VERSION, "process": std::process::id() });
        stream.write_all(&framed(&hello)?)?;
        let offer = next(&mut stream)?;
        if offer["handover"] != VERSION {
            return Err(not_ours());
        }
        let mut sockets = Vec::new();
        for listed in offer["sockets"].as_array().ok_or_else(not_ours)? {
            let asked = listed["asked"].as_str().and_then(read);
            sockets.push(Some(Handed {
                asked: asked.ok_or_else(not_ours)?,
                shared: listed["shared"].as_bool().unwrap_or_default(),
                mode: None,
                socket: pass::receive(stream.as_fd())?,
            }));
        }
        let control = Handed {
            asked: Endpoint::Descriptor(-1),
            shared: false,
            mode: None,
            socket: pass::receive(stream.as_fd())?,
        };
        Ok(Self {
            stream,
            process: offer["process"].as_u64().unwrap_or_default(),
            sockets,
            taken: Vec::new(),
            control: Some(control),
        })
    }

    #[cfg(test)]
    pub(super) fn for_tests(sockets: Vec<Handed>) -> Self {
        Self {
            stream: UnixStream::pair().expect("two ends").0,
            process: 0,
            sockets: sockets.into_iter().map(Some).collect(),
            taken: Vec::new(),
            control: None,
        }
    }

    /// Who served before.
    pub(crate) fn process(&self) -> u64 {
        self.process
    }

    /// The same, on sockets of the other process where it has them.
    pub(crate) fn choose(&mut self, listens: Vec<Listen>) -> Vec<Listen> {
        let choose = |listen| self.choose_one(listen);
        listens.into_iter().map(choose).collect()
    }

    fn choose_one(&mut self, listen: Listen) -> Listen {
        let wanted = listen.asked();
        let asked = |handed: &Handed| handed.asked == wanted;
        let bound = |handed: &Handed| handed.bound() == wanted;
        let Some(place) = self.place(asked).or_else(|| self.place(bound)) else {
            return listen;
        };
        self.taken.push(place);
        match self.sockets[place].take() {
            // One that somebody else has given to this process is the same socket.
            Some(_) | None if listen.is_inherited() => listen,
            Some(handed) => listen.on(Handed {
                asked: wanted,
                ..handed
            }),
            None => listen,
        }
    }

    fn place(&self, is_it: impl Fn(&Handed) -> bool) -> Option<usize> {
        let mut sockets = self.sockets.iter();
        sockets.position(|handed| handed.as_ref().is_some_and(&is_it))
    }

    /// The socket by which the next process will ask.
    pub(super) fn control(&mut self, listen: Listen) -> Listen {
        match self.control.take() {
            Some(control) => listen.on(control),
            None => listen,
        }
    }

    /// Tells the other process that this one serves. What is returned waits until it has heard.
    pub(crate) fn commit(mut self) -> impl Future<Output = ()> + Send + 'static {
        let told = framed(&json!({ "taken": self.taken })).and_then(|told| {
            self.stream.write_all(&told)?;
            self.stream.set_nonblocking(true)?;
            tokio::net::UnixStream::from_std(self.stream)
        });
        async move {
            let heard = match told {
                Ok(mut stream) => stream.read_u8().await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = heard {
                tracing::warn!(%error, "the process that served before was gone already");
            }
        }
    }
}

fn next(stream: &mut UnixStream) -> io::Result<Value> {
    let mut prefix = [0; 4];
    stream.read_exact(&mut prefix)?;
    let mut frame = vec![0; length(prefix)?];
    stream.read_exact(&mut frame)?;
    value(&frame)
}
