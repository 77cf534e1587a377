//! What `#[toolkit_zero::main]` calls: build the runtime, run, report.

use std::env::VarError;
use std::fmt::Display;
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use crate::server::{
    BackgroundServer, BootError, BootHooks, Server, Signals, StartReport, for_stderr, runtime,
};

/// The options of the attribute.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names of the attribute's options")]
pub struct Entry {
    pub addr: &'static str,
    pub workers: Option<usize>,
}

/// What `main` may return: `()`, or a `Result` whose error can be shown.
#[diagnostic::on_unimplemented(
    message = "`main` cannot return `{Self}`",
    label = "not a result of `main`",
    note = "return `()` or `Result<(), E>` where `E` is `Display`"
)]
pub trait Outcome {
    /// Whether it went well, or the sentence that says why not.
    fn outcome(self) -> Result<(), String>;
}

#[diagnostic::do_not_recommend]
impl Outcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E: Display> Outcome for Result<(), E> {
    fn outcome(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:#}"))
    }
}

/// `async fn main()`: it runs before the boot, and the server serves until a signal.
pub fn run<R: Outcome>(
    entry: Entry,
    server: fn() -> Server,
    main: impl AsyncFnOnce() -> R,
) -> ExitCode {
    run_configured(entry, server, async |_: &mut Server| main().await)
}

/// `async fn main(server: &mut Server)`: it runs before the boot, and the server serves until a signal.
pub fn run_configured<R: Outcome>(
    entry: Entry,
    server: fn() -> Server,
    main: impl AsyncFnOnce(&mut Server) -> R,
) -> ExitCode {
    block_on(entry, async |addr| {
        let mut server = server();
        main(&mut server).await.outcome()?;
        let (background, mut signals) = start(server, addr).await?;
        background.stop_asked(&mut signals).await;
        drained(background, &mut signals).await;
        Ok(())
    })
}

/// `async fn main(bg: &mut BackgroundServer)`: it runs beside the server.
pub fn run_beside<R: Outcome>(
    entry: Entry,
    server: fn() -> Server,
    main: impl AsyncFnOnce(&mut BackgroundServer) -> R,
) -> ExitCode {
    block_on(entry, async |addr| {
        let (mut background, mut signals) = start(server(), addr).await?;
        let outcome = {
            // A signal, or `Control::request_stop`, drops the function at its next await.
            let stop = background.stop_asked(&mut signals);
            tokio::select! {
                outcome = main(&mut background) => outcome.outcome(),
                () = stop => Ok(()),
            }
        };
        if outcome.is_ok() {
            background.stop_asked(&mut signals).await;
        }
        drained(background, &mut signals).await;
        outcome
    })
}

/// `async fn main(server: Server)`: it boots and waits by itself.
pub fn run_by_hand<R: Outcome>(
    entry: Entry,
    server: fn() -> Server,
    main: impl AsyncFnOnce(Server) -> R,
) -> ExitCode {
    block_on(entry, async |_| {
        main(managed(server()).hooked(HOOKS)).await.outcome()
    })
}

async fn drained(background: BackgroundServer, signals: &mut Signals) {
    let report = background.drained(signals).await;
    tracing::info!("{report}");
}

/// Boots. The signals are listened to before anyone is told that there is a server.
async fn start(server: Server, addr: SocketAddr) -> Result<(BackgroundServer, Signals), String> {
    let mut signals = Signals::listen();
    let background = managed(server)
        .hooked(HOOKS)
        .try_serve_managed(addr)
        .map_err(|error| error.to_string())?;
    {
        let stop = background.stop_asked(&mut signals);
        tokio::select! {
            biased;
            started = background.started() => started.map_err(|error| error.to_string())?,
            () = stop => {}
        }
    }
    Ok((background, signals))
}

/// Under systemd, as its service.
#[cfg(feature = "systemd")]
fn managed(mut server: Server) -> Server {
    server.systemd();
    server
}

#[cfg(not(feature = "systemd"))]
fn managed(server: Server) -> Server {
    server
}

const HOOKS: BootHooks = BootHooks {
    checked,
    started: |background| eprint!("{}", background.start_report()),
};

/// By now the program has installed a subscriber if it has one, and has given the server all it needs.
fn checked(result: Result<&StartReport, &BootError>) {
    log();
    if !is_check() {
        return;
    }
    match result {
        Ok(report) => {
            for remark in report.remarks() {
                eprintln!("{remark}");
            }
            eprintln!("the routes are in order");
            std::process::exit(0)
        }
        Err(error) => {
            eprintln!("{}", for_stderr(&format!("error: {error}")));
            std::process::exit(1)
        }
    }
}

/// `TOOLKIT_ZERO_CHECK=1`: check the routes, bind nothing.
fn is_check() -> bool {
    std::env::var_os("TOOLKIT_ZERO_CHECK").is_some_and(|value| !value.is_empty() && value != "0")
}

fn block_on(entry: Entry, main: impl AsyncFnOnce(SocketAddr) -> Result<(), String>) -> ExitCode {
    let ended = settings(entry).and_then(|(addr, workers)| {
        let runtime = runtime(workers).map_err(|error: BootError| error.to_string())?;
        let ended = runtime.block_on(main(addr));
        // A blocking handler that was cut has a thread that may never return.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{}", for_stderr(&format!("error: {sentence}")));
            ExitCode::FAILURE
        }
    }
}

/// The address and the workers: those of the environment, else those of the attribute.
fn settings(entry: Entry) -> Result<(SocketAddr, Option<usize>), String> {
    let addr = match variable("TOOLKIT_ZERO_ADDR")? {
        Some(text) => {
            address(&text).map_err(|why| format!("TOOLKIT_ZERO_ADDR is `{text}`: {why}"))?
        }
        None => address(entry.addr).map_err(|why| format!("`addr = \"{}\"`: {why}", entry.addr))?,
    };
    let workers = match variable("TOOLKIT_ZERO_WORKERS")? {
        Some(text) => match text.parse() {
            Ok(0) | Err(_) => {
                return Err(format!(
                    "TOOLKIT_ZERO_WORKERS is `{text}`: it must be a number from 1 on"
                ));
            }
            Ok(workers) => Some(workers),
        },
        None => entry.workers,
    };
    Ok((addr, workers))
}

fn variable(name: &str) -> Result<Option<String>, String> {
    match std::env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(bytes)) => {
            Err(format!("{name} is `{}`: it must be text", bytes.display()))
        }
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    let wanted = "it must be an address and a port, as in `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`";
    let mut found = text
        .to_socket_addrs()
        .map_err(|error| format!("{wanted} ({error})"))?;
    found.next().ok_or_else(|| wanted.to_owned())
}

/// Shows events on stderr, unless the program has a subscriber of its own. `RUST_LOG` filters by target and level.
#[cfg(feature = "log")]
fn log() {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::prelude::*;

    let asked = std::env::var("RUST_LOG").ok();
    let targets = match asked.as_deref().map(str::parse::<Targets>) {
        Some(Ok(targets)) => targets,
        _ => Targets::new().with_default(LevelFilter::INFO),
    };
    let format = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    // One that is there already stays.
    drop(
        tracing_subscriber::registry()
            .with(format.with_filter(targets))
            .try_init(),
    );
    if let Some(Err(error)) = asked.as_deref().map(str::parse::<Targets>) {
        tracing::warn!(%error, "RUST_LOG cannot be read, so events from `info` on are shown");
    }
}

#[cfg(not(feature = "log"))]
fn log() {}
