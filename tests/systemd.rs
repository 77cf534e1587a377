//! A service of systemd: sockets that are passed, and what systemd is told. The test stands for systemd.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tests::program::{Temporary, answer};

/// The service, with what systemd would give it.
struct Service {
    child: Child,
    notes: UnixDatagram,
    directory: Temporary,
}

impl Service {
    /// Starts it with two sockets, and these settings.
    fn start(name: &str, sockets: [OwnedFd; 2], settings: &[(&str, &str)]) -> Self {
        let directory = Temporary::new(name);
        let notify = directory.0.join("notify.sock");
        let notes = UnixDatagram::bind(&notify).unwrap();
        notes
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        let [first, second] = sockets;
        // A passed socket has a number from 3 on, and the process must know that they are for it.
        let script = "LISTEN_PID=$$ LISTEN_FDS=2 exec \"$0\" 3<&0 4<&1 0</dev/null 1>&2";
        let child = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_service")])
            .env("NOTIFY_SOCKET", &notify)
            .env("LISTEN_FDNAMES", "web:admin")
            .env("TOOLKIT_ZERO_ADDR", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .stdin(Stdio::from(first))
            .stdout(Stdio::from(second))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            child,
            notes,
            directory,
        }
    }

    /// The next thing that systemd is told.
    fn told(&self) -> String {
        let mut bytes = [0; 4096];
        let length = self.notes.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    fn terminate(&self) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-s", "TERM", &id]).status();
        assert!(killed.unwrap().success());
    }

    /// All that it wrote; it ends with 0.
    fn ended(mut self) -> String {
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        assert!(self.child.wait().unwrap().success(), "{text}");
        text
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const ASK: &[u8] = b"GET /ping HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";

fn ask(listener: &TcpListener) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.write_all(ASK).unwrap();
    answer(stream)
}

/// A socket with a file in a directory of its own.
fn unix(name: &str) -> (UnixListener, PathBuf, Temporary) {
    let directory = Temporary::new(name);
    let path = directory.0.join("app.sock");
    (UnixListener::bind(&path).unwrap(), path, directory)
}

#[test]
fn sockets_that_systemd_has_bound_are_served_in_place_of_the_address() {
    let web = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (admin, path, _directory) = unix("activated-admin");
    // Activation: the client was there before the service.
    let mut early = TcpStream::connect(web.local_addr().unwrap()).unwrap();
    early.write_all(ASK).unwrap();
    let sockets = [
        web.try_clone().unwrap().into(),
        admin.try_clone().unwrap().into(),
    ];
    let service = Service::start("activated", sockets, &[]);
    assert_eq!(answer(early), Some((200, "pong".to_owned())));
    let told = service.told();
    let addr = web.local_addr().unwrap();
    let status = format!("STATUS=serving on http://{addr}, unix:{}", path.display());
    assert!(told.contains("READY=1\n"), "{told}");
    assert!(told.contains(&status), "{told}");
    assert!(!told.contains("MAINPID"), "{told}");
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.write_all(ASK).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.ends_with("pong"), "{text}");
    service.terminate();
    assert_eq!(service.told(), "STOPPING=1\n");
    let text = service.ended();
    assert_eq!(text.matches("serving on").count(), 2, "{text}");
    // systemd has the sockets still, as they were.
    assert!(path.exists());
    UnixStream::connect(&path).unwrap();
    TcpStream::connect(addr).unwrap();
    // The next one serves who came meanwhile.
    let waiting = std::thread::spawn({
        let web = web.try_clone().unwrap();
        move || ask(&web)
    });
    let next = Service::start("activated-again", [web.into(), admin.into()], &[]);
    assert_eq!(waiting.join().unwrap(), Some((200, "pong".to_owned())));
    next.terminate();
    next.ended();
}

#[test]
fn sockets_are_taken_by_hand_with_their_names() {
    let web = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let admin = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let sockets = [
        web.try_clone().unwrap().into(),
        admin.try_clone().unwrap().into(),
    ];
    let service = Service::start("by-hand", sockets, &[("BY_HAND", "1")]);
    assert!(service.told().contains("READY=1\n"));
    for listener in [&web, &admin] {
        assert_eq!(ask(listener), Some((200, "pong".to_owned())));
    }
    service.terminate();
    let text = service.ended();
    assert!(
        text.contains("passed: \"web\"\npassed: \"admin\""),
        "{text}"
    );
    // They were added to the address, which is served as well.
    assert_eq!(text.matches("serving on").count(), 3, "{text}");
}

#[test]
fn systemd_is_told_that_the_runtime_runs_for_as_long_as_it_wants_to_know() {
    let web = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let other = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let settings = [("WATCHDOG_USEC", "20000")];
    let service = Service::start("watched", [web.into(), other.into()], &settings);
    let told: Vec<_> = (0..4).map(|_| service.told()).collect();
    assert!(told[0].contains("READY=1\n"), "{told:?}");
    assert!(
        told[1..].iter().all(|told| told == "WATCHDOG=1\n"),
        "{told:?}"
    );
    service.terminate();
    while service.told() != "STOPPING=1\n" {}
    service.ended();
}

#[test]
fn a_socket_of_another_kind_is_refused_by_its_number() {
    let web = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let datagrams = std::net::UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let mut service = Service::start("wrong-kind", [web.into(), datagrams.into()], &[]);
    let mut text = String::new();
    let stderr = service.child.stderr.as_mut().unwrap();
    stderr.read_to_string(&mut text).unwrap();
    assert_eq!(service.child.wait().unwrap().code(), Some(1), "{text}");
    assert!(
        text.contains("the sockets of systemd cannot be used: fd 4"),
        "{text}"
    );
    assert!(!text.contains("serving on"), "{text}");
    assert!(service.directory.0.exists());
}
