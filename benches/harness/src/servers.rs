//! The servers that are compared: packages of this workspace, each built on its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::tools;

/// A server that can be started.
#[derive(Debug)]
pub struct Server {
    pub name: &'static str,
    package: &'static str,
}

/// The first is what the others are compared with.
pub const SERVERS: [Server; 5] = [
    Server {
        name: "hyper",
        package: "server-hyper",
    },
    Server {
        name: "hyper-tuned",
        package: "server-hyper-tuned",
    },
    Server {
        name: "axum",
        package: "server-axum",
    },
    Server {
        name: "actix-web",
        package: "server-actix-web",
    },
    OURS,
];

pub const OURS: Server = Server {
    name: "toolkit-zero",
    package: "server-toolkit-zero",
};

/// Builds a package of this workspace alone, so that no other's features of a shared dependency reach it.
pub fn build(package: &str) -> Result<PathBuf, String> {
    build_as(package, &[])
}

/// As [`build`], with settings of cargo.
pub fn build_as(package: &str, settings: &[&str]) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = this.parent().and_then(std::path::Path::parent);
    let built = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", package])
        .arg("--target-dir")
        .arg(target.ok_or("this program is not in a target directory")?)
        .args(settings.iter().flat_map(|setting| ["--config", setting]))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if built.status.success() {
        program(package)
    } else {
        let said = String::from_utf8_lossy(&built.stderr);
        Err(format!("{package} does not build\n{said}"))
    }
}

/// Beside this program, where the same cargo profile puts it.
fn program(package: &str) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(this.with_file_name(package))
}

impl Server {
    pub fn build(&self) -> Result<PathBuf, String> {
        build(self.package)
    }

    /// Starts it on a processor of its own.
    pub fn start(&self, arguments: &[&str]) -> Result<Running, String> {
        self.start_under(&tools::pin_server(), arguments)
    }

    /// Starts it, under `wrapper` if there is one.
    pub fn start_under(&self, wrapper: &[String], arguments: &[&str]) -> Result<Running, String> {
        let program = program(self.package)?.into_os_string();
        let mut words = wrapper.iter().map(Into::into).chain([program]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(arguments);
        Running::start(&mut command).map_err(|error| format!("{}: {error}", self.name))
    }
}

/// A server that runs, until its standard input is closed.
pub struct Running {
    pub addr: SocketAddr,
    child: Child,
}

impl Running {
    /// Starts a program that prints its address first.
    pub fn start(command: &mut Command) -> Result<Self, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("it does not start: {error}"))?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("no output")?;
        let read = BufReader::new(out).read_line(&mut line);
        let addr = read.ok().and_then(|_| line.trim().parse().ok());
        if addr.is_none() {
            let _gone = child.kill();
            let _status = child.wait();
        }
        let addr = addr.ok_or_else(|| format!("it does not say where it is: {line:?}"))?;
        Ok(Self { addr, child })
    }

    /// The processor time that its threads have taken.
    pub fn cpu(&self) -> Result<Duration, String> {
        let folder = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
        let spent = tasks.flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Ok(Duration::from_nanos(spent.sum()))
    }

    /// Bytes of it that are resident.
    pub fn resident(&self) -> Result<u64, String> {
        let file = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes
            .map(|kilobytes| kilobytes * 1024)
            .ok_or_else(|| format!("{file} has no VmRSS"))
    }

    /// Ends it, and waits for its end.
    pub fn stop(mut self) -> Result<(), String> {
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(|error| error.to_string())?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {status}"))
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only where something failed before; after `stop` there is nothing left to end.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}
