//! The measured process, seen from outside.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Failure;

/// The measured process, seen from outside.
pub(crate) struct Remote {
    child: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) port: Arc<AtomicU16>,
}

impl Remote {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            // What is freed by one thread is used by the next, so that what is resident is what is held.
            .env("MALLOC_ARENA_MAX", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = child.stdin.take().ok_or("no standard input")?;
        let out = child.stdout.take().ok_or("no standard output")?;
        let mut remote = Self {
            child,
            orders,
            lines: BufReader::new(out).lines(),
            port: Arc::default(),
        };
        remote.report().await?;
        Ok(remote)
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port.load(Ordering::Relaxed)).into()
    }

    /// The next line: where it serves now is kept, how many requests it has aborted is returned.
    pub(crate) async fn report(&mut self) -> Result<u64, Failure> {
        let line = self
            .lines
            .next_line()
            .await?
            .ok_or("the server has ended")?;
        let (addr, aborted) = line.split_once(' ').ok_or("no report")?;
        let addr: SocketAddr = addr.parse()?;
        self.port.store(addr.port(), Ordering::Relaxed);
        Ok(aborted.parse()?)
    }

    pub(crate) async fn order(&mut self, what: &str) -> Result<u64, Failure> {
        self.orders
            .write_all(format!("{what}\n").as_bytes())
            .await?;
        self.report().await
    }

    /// Resident memory in KiB.
    pub(crate) fn resident(&self) -> Result<u64, Failure> {
        let id = self.child.id().ok_or("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("no VmRSS")?.parse()?)
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> Result<usize, Failure> {
        let id = self.child.id().ok_or("the server has ended")?;
        Ok(std::fs::read_dir(format!("/proc/{id}/fd"))?.count())
    }

    /// Ends it in order.
    pub(crate) async fn end(self) -> Result<(), Failure> {
        let Self {
            mut child, orders, ..
        } = self;
        drop(orders);
        if child.wait().await?.success() {
            Ok(())
        } else {
            Err("the server did not end in order".into())
        }
    }
}
