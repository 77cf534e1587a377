//! The programs that are not part of Rust: what they are for, where they come from, and how they are run.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A program, and the Debian package that has it.
#[derive(Debug)]
pub struct Tool {
    name: &'static str,
    package: &'static str,
    version: &'static str,
}

pub const VALGRIND: Tool = tool("valgrind", "valgrind", "--version");
pub const WRK: Tool = tool("wrk", "wrk", "-v");
pub const H2LOAD: Tool = tool("h2load", "nghttp2-client", "--version");
pub const PERF: Tool = tool("perf", "linux-perf", "--version");
pub const STRACE: Tool = tool("strace", "strace", "--version");
pub const STRIP: Tool = tool("strip", "binutils", "--version");
pub const TASKSET: Tool = tool("taskset", "util-linux", "--version");

pub const TOOLS: [&Tool; 7] = [&VALGRIND, &WRK, &H2LOAD, &PERF, &STRACE, &STRIP, &TASKSET];

const fn tool(name: &'static str, package: &'static str, version: &'static str) -> Tool {
    Tool {
        name,
        package,
        version,
    }
}

impl Tool {
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its version, or how to install it.
    pub fn find(&self) -> Result<String, String> {
        let Self { name, package, .. } = self;
        let said = Command::new(name)
            .arg(self.version)
            .stdin(Stdio::null())
            .output()
            .map_err(|_| format!("{name} is missing; on Debian: apt-get install {package}"))?;
        let text = String::from_utf8_lossy(&said.stdout);
        let words = text
            .split_whitespace()
            .map(|word| word.trim_start_matches("valgrind-"));
        let mut numbers = words.filter(|word| word.contains(|c: char| c.is_ascii_digit()));
        let version = numbers.next().unwrap_or("of an unknown version");
        Ok(version
            .trim_start_matches("nghttp2/")
            .trim_start_matches("debian/")
            .to_owned())
    }
}

/// What runs the server on the first processor, where there are two and `taskset`.
pub fn pin_server() -> Vec<String> {
    pin("0")
}

/// What runs the client on another.
pub fn pin_client() -> Vec<String> {
    pin("1")
}

fn pin(processor: &str) -> Vec<String> {
    static CAN: OnceLock<bool> = OnceLock::new();
    let can = *CAN.get_or_init(|| {
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        processors > 1 && TASKSET.find().is_ok()
    });
    let words = ["taskset", "-c", processor];
    if can {
        words.map(str::to_owned).to_vec()
    } else {
        Vec::new()
    }
}

/// Runs a client, and gives what it prints.
pub fn client(words: &[&str]) -> Result<String, String> {
    let pin = pin_client();
    let mut all = pin.iter().map(String::as_str).chain(words.iter().copied());
    let program = all.next().unwrap_or_default();
    let said = Command::new(program)
        .args(all)
        .stdin(Stdio::null())
        .output();
    let said = said.map_err(|error| format!("{program}: {error}"))?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    if said.status.success() {
        Ok(text)
    } else {
        let told = String::from_utf8_lossy(&said.stderr);
        Err(format!(
            "{} ended with {}: {text}{told}",
            words.join(" "),
            said.status
        ))
    }
}

/// What `wrk` and `h2load` have found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    pub requests: f64,
    /// Microseconds.
    pub median: f64,
    pub p99: f64,
}

/// Runs `wrk` on 16 connections.
pub fn wrk(addr: SocketAddr, path: &str, seconds: u64, more: &[&str]) -> Result<Load, String> {
    let (url, duration) = (format!("http://{addr}{path}"), format!("-d{seconds}s"));
    let mut words = vec!["wrk", "-t1", "-c16", &duration, "--latency"];
    words.extend_from_slice(more);
    words.push(&url);
    let text = client(&words)?;
    if text.contains("Non-2xx") {
        return Err(format!("wrk was refused: {text}"));
    }
    let line = |end: &str| text.lines().find(|line| line.trim_start().starts_with(end));
    let time = |percent: &str| line(percent)?.split_whitespace().nth(1).and_then(micros);
    let count = text.lines().find(|line| line.contains(" requests in "));
    let count = count.and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(Load {
        requests: count
            .filter(|count| *count > 0.0)
            .ok_or_else(|| format!("wrk found nothing: {text}"))?,
        median: time("50%").unwrap_or_default(),
        p99: time("99%").unwrap_or_default(),
    })
}

/// `1.23ms` and the like, in microseconds.
fn micros(text: &str) -> Option<f64> {
    let units = [("us", 1.0), ("ms", 1e3), ("s", 1e6)];
    let (number, unit) = units
        .iter()
        .find_map(|(end, unit)| Some((text.strip_suffix(end)?, unit)))?;
    Some(number.parse::<f64>().ok()? * unit)
}

/// Runs `h2load` with `requests` on `connections` connections, 16 streams each, by prior knowledge.
pub fn h2load(addr: SocketAddr, requests: u64, connections: usize) -> Result<(), String> {
    let (url, requests) = (format!("http://{addr}/ping"), requests.to_string());
    let connections = connections.to_string();
    let text = client(&[
        "h2load",
        "-n",
        &requests,
        "-c",
        &connections,
        "-m",
        "16",
        "-t",
        "1",
        &url,
    ])?;
    if text.contains(&format!(" {requests} succeeded, 0 failed, 0 errored")) {
        Ok(())
    } else {
        Err(format!(
            "not all of h2load's requests were answered: {text}"
        ))
    }
}
