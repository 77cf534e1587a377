//! A new process takes over from the old one under load, and no request is lost.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tests::program::{Program, Temporary};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Where the processes of one test serve, one after the other.
struct Place {
    directory: Temporary,
    trust: Arc<ClientConfig>,
}

impl Place {
    fn new(name: &str) -> Self {
        let directory = Temporary::new(name);
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let pem = own.cert.pem();
        std::fs::write(directory.0.join("cert.pem"), &pem).unwrap();
        std::fs::write(directory.0.join("key.pem"), own.signing_key.serialize_pem()).unwrap();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let trust = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            directory,
            trust: Arc::new(trust),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.0.join(name)
    }

    fn start(&self, version: &str, settings: &[(&str, &str)]) -> Program {
        let directory = self.directory.0.to_str().unwrap();
        let mut all = vec![("DIRECTORY", directory), ("VERSION", version)];
        all.extend(settings);
        Program::start(Path::new(env!("CARGO_BIN_EXE_successor")), &all)
    }

    /// One that serves, and where: without TLS and with it.
    fn serving(&self, version: &str) -> (Program, SocketAddr, SocketAddr) {
        let mut program = self.start(version, &[]);
        let at = |line: String| line.rsplit('/').next().unwrap().parse().unwrap();
        let plain = at(program.line("serving on http://"));
        let secure = at(program.line("serving on https://"));
        (program, plain, secure)
    }

    /// One that has taken over.
    fn successor(&self, version: &str) -> Program {
        let mut program = self.start(version, &[]);
        let wanted = ["serving on https://", "this process has taken over"];
        while !wanted.iter().all(|wanted| program.seen().contains(wanted)) {
            program.line("");
        }
        program
    }
}

/// Clients that never retry, on every listener: what they lose is lost.
struct Load {
    runtime: Runtime,
    over: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    fn begin(place: &Place, plain: SocketAddr, secure: SocketAddr) -> Self {
        let mut load = Self {
            runtime: Runtime::new().unwrap(),
            over: Arc::default(),
            sent: Arc::default(),
            clients: Vec::new(),
        };
        let unix = place.file("app.sock");
        for keeps in [true, true, false] {
            load.client(keeps, async move || TcpStream::connect(plain).await);
            let unix = unix.clone();
            load.client(keeps, async move || UnixStream::connect(&unix).await);
            let trust = Arc::clone(&place.trust);
            load.client(keeps, async move || {
                let stream = TcpStream::connect(secure).await?;
                let name = ServerName::try_from("localhost").unwrap();
                let connector = tokio_rustls::TlsConnector::from(Arc::clone(&trust));
                connector.connect(name, stream).await
            });
        }
        load
    }

    fn client<S>(
        &mut self,
        keeps: bool,
        connect: impl AsyncFn() -> std::io::Result<S> + Send + 'static,
    ) where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (over, sent) = (Arc::clone(&self.over), Arc::clone(&self.sent));
        let local = move || {
            // The futures of an `AsyncFn` cannot be said to be `Send`, so each client has a thread.
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut kept = None;
                while !over.load(Ordering::Relaxed) {
                    let mut stream = match kept.take() {
                        Some(stream) => stream,
                        None => connect().await.unwrap(),
                    };
                    let number = sent.fetch_add(1, Ordering::Relaxed);
                    let target = if number % 2 == 0 {
                        "/version"
                    } else {
                        "/readyz"
                    };
                    let last = ask(&mut stream, target).await.1;
                    if keeps && !last {
                        kept = Some(stream);
                    }
                    tokio::time::sleep(Duration::from_micros(200)).await;
                }
            });
        };
        self.clients.push(self.runtime.spawn_blocking(local));
    }

    /// Goes on until so many further requests have been answered.
    fn run(&self, further: u64) {
        let until = self.sent.load(Ordering::Relaxed) + further;
        while self.sent.load(Ordering::Relaxed) < until {
            self.alive();
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn alive(&self) {
        let dead = self.clients.iter().any(JoinHandle::is_finished);
        assert!(!dead, "a client has lost a request; its panic is above");
    }

    /// How many requests were sent. All were answered.
    fn end(mut self) -> u64 {
        self.alive();
        self.over.store(true, Ordering::Relaxed);
        for client in std::mem::take(&mut self.clients) {
            self.runtime.block_on(client).unwrap();
        }
        self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// What is answered, and whether it is the last answer of the connection.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, target: &str) -> (String, bool) {
    let request = format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = tests::answer_from(stream).await;
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    (answer.text(), answer.header("connection") == Some("close"))
}

fn version(addr: SocketAddr) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        ask(&mut stream, "/version").await.0
    })
}

#[test]
fn processes_take_over_from_each_other_under_load_and_lose_nothing() {
    const UPGRADES: u32 = 5;
    let place = Place::new("upgrades");
    let (mut old, plain, secure) = place.serving("0");
    let load = Load::begin(&place, plain, secure);
    load.run(500);
    for number in 1..=UPGRADES {
        let new = place.successor(&number.to_string());
        let text = old.ended_with(0);
        assert_eq!(version(plain), number.to_string());
        assert!(text.contains("a process has taken over"), "{text}");
        assert!(text.contains(" 0 aborted"), "{text}");
        load.run(500);
        old = new;
    }
    let mode = std::fs::metadata(place.file("app.sock")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o660);
    let sent = load.end();
    assert!(sent > 0);
    eprintln!("{UPGRADES} upgrades under load: {sent} requests, 0 lost");
    old.signal("TERM");
    old.ended_with(0);
    // The last one owns the files.
    assert!(!place.file("app.sock").exists());
    assert!(!place.file("handover.sock").exists());
}

#[test]
fn a_process_that_fails_before_it_serves_leaves_the_old_one_serving() {
    let place = Place::new("failed-upgrades");
    let (old, plain, secure) = place.serving("old");
    let load = Load::begin(&place, plain, secure);
    for (how, why) in [
        ("fault", "GET /version is declared twice"),
        ("fail", "`on_start` failed: it was told to"),
        ("abort", ""),
    ] {
        let (status, text) = place.start("new", &[("START", how)]).ended();
        assert_ne!(status.code(), Some(0), "{text}");
        assert!(text.contains(why), "{text}");
        assert!(!text.contains("has taken over"), "{text}");
        load.run(300);
        assert_eq!(version(plain), "old");
    }
    let new = place.successor("new");
    let text = old.ended_with(0);
    // The first has not come so far that it asked.
    assert_eq!(
        text.matches("a process has not taken over").count(),
        2,
        "{text}"
    );
    load.run(300);
    assert_eq!(version(plain), "new");
    let sent = load.end();
    eprintln!("3 failed upgrades under load: {sent} requests, 0 lost");
    new.signal("TERM");
    new.ended_with(0);
    assert!(!place.file("app.sock").exists());
}

#[test]
fn one_that_is_stopped_while_another_prepares_leaves_it_who_comes_meanwhile() {
    let place = Place::new("stopped-upgrade");
    let (old, plain, _) = place.serving("old");
    let mut new = place.start("new", &[("START", "wait")]);
    new.line("waiting");
    assert_eq!(version(plain), "old");
    old.signal("TERM");
    old.ended_with(0);
    // Connected by the kernel, and served when the new one is ready.
    let asked = std::thread::spawn(move || version(plain));
    new.write("go");
    assert_eq!(asked.join().unwrap(), "new");
    assert!(place.file("app.sock").exists());
    new.signal("TERM");
    new.ended_with(0);
    assert!(!place.file("app.sock").exists());
}

#[test]
fn a_process_that_is_stopped_while_it_prepares_takes_nobody_with_it() {
    let place = Place::new("given-up-upgrade");
    let (old, plain, secure) = place.serving("old");
    let load = Load::begin(&place, plain, secure);
    let mut new = place.start("new", &[("START", "wait")]);
    new.line("waiting");
    load.run(200);
    new.signal("TERM");
    new.ended_with(0);
    load.run(200);
    load.end();
    assert_eq!(version(plain), "old");
    assert!(place.file("app.sock").exists());
    old.signal("TERM");
    old.ended_with(0);
    assert!(!place.file("app.sock").exists());
}

#[test]
fn what_the_new_process_does_not_want_is_drained_by_the_old_one() {
    let place = Place::new("smaller-upgrade");
    let (old, plain, _) = place.serving("old");
    let mut new = place.start("new", &[("UNIX", "no")]);
    new.line("this process has taken over");
    old.ended_with(0);
    assert!(!place.file("app.sock").exists());
    assert_eq!(version(plain), "new");
    new.signal("TERM");
    new.ended_with(0);
}

#[test]
fn whoever_listens_there_and_hands_nothing_over_is_an_error() {
    let place = Place::new("strange-upgrade");
    let stranger = std::os::unix::net::UnixListener::bind(place.file("handover.sock")).unwrap();
    let program = place.start("new", &[]);
    let (mut stream, _) = stranger.accept().unwrap();
    std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    drop(stream);
    let text = program.ended_with(1);
    assert!(text.contains("nothing can be taken over by"), "{text}");
    assert!(text.contains("speaks another version"), "{text}");
}
