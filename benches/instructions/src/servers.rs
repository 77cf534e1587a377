//! The servers that are compared: packages of this workspace, each built on its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A server that can be started.
pub struct Server {
    pub name: &'static str,
    package: &'static str,
    options: &'static [&'static str],
}

/// The first is what the others are compared with.
pub const SERVERS: [Server; 8] = [
    Server {
        name: "hyper",
        package: "server-hyper",
        options: &[],
    },
    Server {
        name: "hyper-tuned",
        package: "server-hyper-tuned",
        options: &[],
    },
    Server {
        name: "axum",
        package: "server-axum",
        options: &[],
    },
    Server {
        name: "axum, layers elsewhere",
        package: "server-axum",
        options: &["--layers", "elsewhere"],
    },
    Server {
        name: "axum, a layer around",
        package: "server-axum",
        options: &["--layers", "around"],
    },
    Server {
        name: "toolkit-zero",
        package: "server-toolkit-zero",
        options: &[],
    },
    Server {
        name: "toolkit-zero, layers elsewhere",
        package: "server-toolkit-zero",
        options: &["--layers", "elsewhere"],
    },
    Server {
        name: "toolkit-zero, a layer around",
        package: "server-toolkit-zero",
        options: &["--layers", "around"],
    },
];

impl Server {
    /// Builds it alone, so that no other server's features of a shared dependency reach it.
    pub fn build(&self) -> Result<(), String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--release", "--quiet", "--package", self.package])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .map_err(|error| format!("cargo does not start: {error}"))?;
        if built.status.success() {
            Ok(())
        } else {
            let said = String::from_utf8_lossy(&built.stderr);
            Err(format!("{} does not build\n{said}", self.package))
        }
    }

    /// Starts it, under `wrapper` if there is one.
    pub fn start(&self, wrapper: &[String]) -> Result<Running, String> {
        let program = self.program()?.into_os_string();
        let mut words = wrapper.iter().map(Into::into).chain([program]);
        let mut command = Command::new(words.next().unwrap_or_default());
        let mut child = command
            .args(words)
            .args(self.options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", self.name))?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("no output")?;
        BufReader::new(out)
            .read_line(&mut line)
            .map_err(|error| format!("{} says nothing: {error}", self.name))?;
        let addr = line
            .trim()
            .parse()
            .map_err(|_| format!("{} does not say where it is: {line:?}", self.name))?;
        Ok(Running { addr, child })
    }

    /// Beside this program, where the same cargo profile puts it.
    fn program(&self) -> Result<PathBuf, String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        Ok(this.with_file_name(self.package))
    }
}

/// A server that runs, until its standard input is closed.
pub struct Running {
    pub addr: SocketAddr,
    child: Child,
}

impl Running {
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
        // Only where something failed before; after `stop` there is nothing left to kill.
        let _gone = self.child.kill();
    }
}
