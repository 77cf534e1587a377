//! Programs as processes: built by cargo, started, asked, told to end by signals. Everything waits on events.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long an event may take before the test says that it did not come; the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// How cargo builds a fixture.
#[derive(Clone, Debug)]
pub struct Build {
    manifest: PathBuf,
    arguments: Vec<String>,
    target: PathBuf,
    profile: &'static str,
    settings: Vec<(&'static str, &'static str)>,
}

impl Build {
    /// The manifest of a package or workspace, and the directory that all fixtures build in.
    pub fn of(manifest: impl Into<PathBuf>, target: impl Into<PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            arguments: Vec::new(),
            target: target.into(),
            profile: "debug",
            // Equal for all fixtures, so that what they depend on is built once; and cheap.
            settings: vec![
                ("CARGO_INCREMENTAL", "0"),
                ("CARGO_PROFILE_DEV_DEBUG", "0"),
                ("CARGO_PROFILE_TEST_DEBUG", "0"),
                ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
                ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
                ("CARGO_TERM_COLOR", "never"),
            ],
        }
    }

    /// An argument for cargo.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// An environment variable for cargo.
    #[must_use]
    pub fn setting(mut self, name: &'static str, value: &'static str) -> Self {
        self.settings.push((name, value));
        self
    }

    /// As a release, with cheap optimisations.
    #[must_use]
    pub fn release(mut self) -> Self {
        self.profile = "release";
        self.argument("--release")
    }

    /// Runs `cargo <verb>`; a failure shows what cargo said.
    ///
    /// # Panics
    /// Cargo fails.
    pub fn cargo(&self, verb: &str) -> String {
        let _one_build = lock();
        self.run(verb)
    }

    fn run(&self, verb: &str) -> String {
        let mut command = Command::new(env!("CARGO"));
        command
            .arg(verb)
            .arg("--manifest-path")
            .arg(&self.manifest)
            .arg("--target-dir")
            .arg(&self.target)
            .args(&self.arguments)
            .envs(self.settings.iter().copied())
            // What cargo tells a test about itself is not for the fixture, nor are flags that would build it all again.
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_TARGET_TMPDIR")
            .env_remove("CARGO_BIN_NAME")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null());
        let begun = Instant::now();
        let output = command.output().expect("cargo runs");
        let text = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(
            output.status.success(),
            "{command:?}\n{}\n{}",
            text[0],
            text[1]
        );
        eprintln!(
            "cargo {verb} {} {}: {:.1} s",
            self.manifest.display(),
            self.arguments.join(" "),
            begun.elapsed().as_secs_f32()
        );
        text.concat()
    }

    /// Builds the program `name`, and keeps it as `kept` where no other build replaces it.
    ///
    /// # Panics
    /// Cargo fails.
    pub fn program(&self, name: &str, kept: &str) -> PathBuf {
        let _one_build = lock();
        self.run("build");
        let kept = self.target.join(format!("{kept}-{}", self.profile));
        // A link, for a file that was just written cannot always be started.
        drop(fs::remove_file(&kept));
        fs::hard_link(self.target.join(self.profile).join(name), &kept)
            .expect("the program is there");
        kept
    }
}

/// All builds share one directory, in which one build replaces the programs of another.
fn lock() -> MutexGuard<'static, ()> {
    static ONE_BUILD: Mutex<()> = Mutex::new(());
    ONE_BUILD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that runs, with what it writes to stderr line by line. It is killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    addr: Option<SocketAddr>,
}

impl Program {
    /// Starts the program with these environment variables; without another, it takes a free port of 127.0.0.1.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn start<V: AsRef<OsStr>>(path: &Path, settings: &[(&str, V)]) -> Self {
        let mut command = Command::new(path);
        command
            .env_remove("RUST_LOG")
            .env_remove("TOOLKIT_ZERO_CHECK")
            .env_remove("TOOLKIT_ZERO_WORKERS")
            .env("NO_COLOR", "1")
            .env("TOOLKIT_ZERO_ADDR", "127.0.0.1:0")
            .envs(settings.iter().map(|(name, value)| (name, value.as_ref())))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let stderr = child.stderr.take().expect("stderr is a pipe");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            lines,
            seen: Vec::new(),
            addr: None,
        }
    }

    /// Starts the program and waits until it serves.
    ///
    /// # Panics
    /// It does not.
    pub fn serving<V: AsRef<OsStr>>(path: &Path, settings: &[(&str, V)]) -> Self {
        let mut program = Self::start(path, settings);
        let line = program.line("serving on http://");
        let addr = line
            .rsplit("http://")
            .next()
            .and_then(|addr| addr.parse().ok());
        program.addr = Some(addr.unwrap_or_else(|| panic!("no address: {line}")));
        program
    }

    /// The next line on stderr that contains `text`.
    ///
    /// # Panics
    /// The program ends without it, or it does not come in time.
    pub fn line(&mut self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self
                .lines
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("no `{text}` in time:\n{}", self.seen.join("\n"))
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("it ended without `{text}`:\n{}", self.seen.join("\n"))
                }
            }
        }
    }

    /// Everything seen on stderr so far.
    pub fn seen(&self) -> String {
        self.seen.join("\n")
    }

    /// Where it serves.
    ///
    /// # Panics
    /// It was not started by [`serving`](Self::serving).
    pub fn addr(&self) -> SocketAddr {
        self.addr.expect("an address in the start report")
    }

    /// The table of the start report: method, pattern and the rest of each line.
    pub fn table(&self) -> Vec<(String, String, String)> {
        let rows = self.seen.iter().filter_map(|line| {
            let line = line.strip_prefix("  ")?;
            let (method, rest) = line.split_once(' ')?;
            let (pattern, rest) = rest.trim_start().split_once(' ')?;
            let is_method = method.chars().all(|letter| letter.is_ascii_uppercase());
            is_method.then(|| {
                (
                    method.to_owned(),
                    pattern.to_owned(),
                    rest.trim_start().to_owned(),
                )
            })
        });
        rows.collect()
    }

    /// Opens a connection and sends a request, without waiting for its answer.
    ///
    /// # Panics
    /// The program does not accept.
    pub fn send(&self, method: &str, target: &str) -> TcpStream {
        self.try_send(method, target).expect("it accepts")
    }

    /// As [`send`](Self::send); `None` if it refuses the connection.
    ///
    /// # Panics
    /// It accepts, and takes no request.
    pub fn try_send(&self, method: &str, target: &str) -> Option<TcpStream> {
        let mut stream = TcpStream::connect(self.addr()).ok()?;
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout can be set");
        let request =
            format!("{method} {target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("it takes a request");
        Some(stream)
    }

    /// Sends a request and waits for its answer: the status, and what came after the head.
    ///
    /// # Panics
    /// No answer comes.
    pub fn ask(&self, method: &str, target: &str) -> (u16, String) {
        answer(self.send(method, target))
            .unwrap_or_else(|| panic!("no answer to {method} {target}"))
    }

    /// Writes a line to its stdin.
    ///
    /// # Panics
    /// It does not read.
    pub fn write(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("stdin is a pipe");
        writeln!(stdin, "{line}").expect("it reads its stdin");
    }

    /// Sends it a signal, by its own id.
    ///
    /// # Panics
    /// The signal cannot be sent.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .expect("kill runs");
        assert!(status.success(), "kill -s {name} {id}");
    }

    /// Waits until it ends: its status, and all of its stderr.
    ///
    /// # Panics
    /// It does not end in time.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let until = Instant::now() + PATIENCE;
        loop {
            match self
                .lines
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(line) => self.seen.push(line),
                // Its stderr is closed, so it is gone or about to be.
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it did not end:\n{}", self.seen.join("\n"))
                }
            }
        }
        let status = self.child.wait().expect("it can be waited for");
        (status, self.seen.join("\n"))
    }

    /// Waits until it ends, and checks the exit code.
    ///
    /// # Panics
    /// The code is another.
    pub fn ended_with(self, code: i32) -> String {
        let (status, text) = self.ended();
        assert_eq!(status.code(), Some(code), "{status}\n{text}");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads one answer to its end; `None` if the connection ends before it.
pub fn answer(mut stream: TcpStream) -> Option<(u16, String)> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// A directory outside of every workspace, which is removed at the end.
#[derive(Debug)]
pub struct Temporary(pub PathBuf);

impl Temporary {
    /// An empty one, of this process.
    ///
    /// # Panics
    /// It cannot be made.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("toolkit-zero-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
