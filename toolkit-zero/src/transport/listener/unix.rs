//! Listening Unix sockets: their files, and sockets that somebody else has bound.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, SockRef, Socket, Type};
use tokio::net::{TcpListener, UnixListener};

use super::{Held, Kind, Listener, tcp};
use crate::transport::endpoint::{Endpoint, abstract_name};

/// The file of a Unix socket, which is removed with this, if it is still the one that was made.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    made: Identity,
}

/// Tells one file from another that has the same path later.
#[derive(Debug, PartialEq)]
struct Identity {
    device: u64,
    number: u64,
}

impl Identity {
    fn of(path: &Path) -> io::Result<Self> {
        let found = fs::symlink_metadata(path)?;
        Ok(Self {
            device: found.dev(),
            number: found.ino(),
        })
    }
}

impl File {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            made: Identity::of(path)?,
        })
    }
}

#[cfg(all(feature = "handover", target_os = "linux"))]
impl File {
    /// It stays.
    pub(super) fn leave(mut self) {
        self.path.clear();
    }
}

#[cfg(all(feature = "handover", target_os = "linux"))]
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

impl Drop for File {
    fn drop(&mut self) {
        let is_ours = Identity::of(&self.path).is_ok_and(|found| found == self.made);
        if is_ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the file of a socket is left");
        }
    }
}

pub(super) fn bind(endpoint: &Endpoint, mode: Option<u32>, backlog: u32) -> io::Result<Listener> {
    let Endpoint::Unix(path) = endpoint else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let addr = address(path)?;
    let is_file = abstract_name(path).is_none();
    let _lock = is_file.then(|| lock(path));
    if is_file {
        make_room(path, &addr)?;
    }
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr)?;
    let file = is_file.then(|| File::of(path)).transpose()?;
    // Nobody can connect before it listens.
    if let Some(mode) = mode.filter(|_| is_file) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
    Ok(Listener {
        file,
        kind: Kind::Unix(UnixListener::from_std(socket.into())?),
        held: Held::Alone,
    })
}

/// The longest path is one byte shorter than its place, `sun_path`.
const LONGEST: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    107
} else {
    103
};

pub(in crate::transport) fn address(path: &Path) -> io::Result<SockAddr> {
    let length = path.as_os_str().len();
    if length > LONGEST {
        let text = format!(
            "the path has {length} bytes, and that of a Unix socket at most {LONGEST}; take a directory with a shorter path"
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    match abstract_name(path) {
        Some(_) if !cfg!(any(target_os = "linux", target_os = "android")) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "only Linux has abstract names; write `./@name` for a file of this name",
        )),
        Some(name) => {
            let name = [b"\0", name].concat();
            let name = String::from_utf8(name).map_err(|_| io::ErrorKind::InvalidInput)?;
            SockAddr::unix(name)
        }
        None => SockAddr::unix(path),
    }
}

/// Keeps other servers that start now from taking a socket for a dead one that is about to listen. Who cannot open the
/// directory goes without.
fn lock(path: &Path) -> Option<fs::File> {
    const TRIES: u32 = 100;
    let directory = fs::File::open(path.parent()?).ok()?;
    for _ in 0..TRIES {
        match directory.try_lock() {
            Ok(()) => return Some(directory),
            Err(fs::TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(2)),
            Err(fs::TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// Removes the file of a socket that nobody listens on any more.
fn make_room(path: &Path, addr: &SockAddr) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let in_use = |text| io::Error::new(io::ErrorKind::AddrInUse, text);
    if !found.file_type().is_socket() {
        return Err(in_use("there is a file that is no socket"));
    }
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // A queue that is full is no reason to wait.
    probe.set_nonblocking(true)?;
    match probe.connect(addr) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            tracing::info!(path = %path.display(), "nobody listens on the socket that is there; it is replaced");
            fs::remove_file(path)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error),
        Ok(()) | Err(_) => Err(in_use("a server listens there")),
    }
}

/// A socket that somebody else has bound.
pub(super) fn inherited(socket: OwnedFd) -> io::Result<Listener> {
    let socket = Socket::from(socket);
    let no_listener = || {
        let text = "the descriptor is no stream socket that listens";
        io::Error::new(io::ErrorKind::InvalidInput, text)
    };
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if !socket.is_listener().map_err(|_| no_listener())? {
        return Err(no_listener());
    }
    if socket.r#type().map_err(|_| no_listener())? != Type::STREAM {
        return Err(no_listener());
    }
    socket.set_nonblocking(true)?;
    let kind = if socket.local_addr()?.is_unix() {
        Kind::Unix(UnixListener::from_std(socket.into())?)
    } else {
        tcp::prepare(&socket)?;
        Kind::Tcp(TcpListener::from_std(socket.into())?)
    };
    Ok(Listener {
        file: None,
        kind,
        held: Held::Shared,
    })
}

/// Where a socket is bound.
///
/// # Errors
/// It is none, or one of another kind.
pub(in crate::transport) fn endpoint(socket: &SockRef<'_>) -> io::Result<Endpoint> {
    let addr = socket.local_addr()?;
    if let Some(addr) = addr.as_socket() {
        return Ok(Endpoint::Tcp(addr));
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(name) = addr.as_abstract_namespace() {
        let name = String::from_utf8_lossy(name);
        return Ok(Endpoint::Unix(PathBuf::from(format!("@{name}"))));
    }
    match addr.as_pathname() {
        Some(path) => Ok(Endpoint::unix(path)),
        None => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Who comes now is refused, and who has come is still in the queue.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn refuse(listener: &SockRef<'_>) -> bool {
    if let Err(error) = listener.shutdown(std::net::Shutdown::Read) {
        tracing::debug!(%error, "a closing listener still takes clients");
    }
    // A Unix client connects in one step.
    false
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn refuse(_: &SockRef<'_>) -> bool {
    false
}
