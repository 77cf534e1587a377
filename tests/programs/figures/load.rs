//! Clients that behave, and many of them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Failure;
use crate::remote::Remote;

const IDLE: u64 = 10_000;
const BURST: usize = 2_000;
const BUSY: usize = 200;
const TIMES: usize = 20;

/// One request on a kept connection; whether it was the last.
pub(crate) async fn ask(stream: &mut TcpStream) -> io::Result<bool> {
    stream
        .write_all(b"GET /ping HTTP/1.1\r\nhost: test\r\n\r\n")
        .await?;
    let mut answer = Vec::with_capacity(256);
    while !answer.ends_with(b"\r\n\r\npong") {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(answer.windows(17).any(|it| it == b"connection: close"))
}

/// The 50th and 99th percentile of `asked` requests on each of eight connections, each 2 ms after the last.
pub(crate) async fn latencies(addr: SocketAddr, asked: usize) -> Result<[Duration; 2], Failure> {
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        clients.spawn(async move {
            let mut stream = TcpStream::connect(addr).await?;
            let mut times = Vec::with_capacity(asked);
            for _ in 0..asked {
                let begun = Instant::now();
                ask(&mut stream).await?;
                times.push(begun.elapsed());
                sleep(Duration::from_millis(2)).await;
            }
            io::Result::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = clients.join_next().await {
        times.extend(done??);
    }
    times.sort_unstable();
    Ok([times[times.len() / 2], times[times.len() * 99 / 100]])
}

/// `BURST` connections at once: the longest from the connect to the answer.
pub(crate) async fn burst(server: &Remote) -> Result<(), Failure> {
    let (addr, mut clients) = (server.addr(), JoinSet::new());
    for _ in 0..BURST {
        clients.spawn(async move {
            let begun = Instant::now();
            let mut stream = TcpStream::connect(addr).await?;
            let connected = begun.elapsed();
            ask(&mut stream).await?;
            io::Result::Ok((connected, begun.elapsed(), stream))
        });
    }
    let mut all = Vec::new();
    while let Some(done) = clients.join_next().await {
        all.push(done??);
    }
    let connected = all.iter().map(|it| it.0).max();
    let answered = all.iter().map(|it| it.1).max();
    println!(
        "burst: {BURST} connections at once: the slowest connected after {connected:?}, answered after {answered:?}"
    );
    Ok(())
}

/// `IDLE` connections that have asked once: what each keeps resident, and how others are served meanwhile.
pub(crate) async fn idle(server: &Remote) -> Result<(), Failure> {
    let before = latencies(server.addr(), 500).await?;
    let resident = server.resident()?;
    let mut kept = Vec::new();
    for _ in 0..IDLE {
        let mut stream = TcpStream::connect(server.addr()).await?;
        ask(&mut stream).await?;
        kept.push(stream);
    }
    sleep(Duration::from_secs(1)).await;
    let each = server.resident()?.saturating_sub(resident) * 1024 / IDLE;
    let beside = latencies(server.addr(), 500).await?;
    println!(
        "idle: {IDLE} connections: {each} bytes resident each; p50 and p99 {before:?} without, {beside:?} beside them"
    );
    for stream in &mut kept {
        ask(stream).await?;
    }
    Ok(())
}

#[derive(Default)]
struct Count {
    sent: AtomicU64,
    lost: AtomicU64,
    over: AtomicBool,
}

/// `BUSY` clients that never retry, while the server moves and stops `TIMES` times each.
pub(crate) async fn moves_and_stops(server: &mut Remote) -> Result<(), Failure> {
    for order in ["move", "stop"] {
        let count = Arc::new(Count::default());
        let mut clients = JoinSet::new();
        for _ in 0..BUSY {
            let (count, port) = (Arc::clone(&count), Arc::clone(&server.port));
            clients.spawn(async move {
                while !count.over.load(Ordering::Relaxed) {
                    let at = port.load(Ordering::Relaxed);
                    match TcpStream::connect(("127.0.0.1", at)).await {
                        Ok(stream) => keep_asking(stream, &count).await,
                        // It has left this port since it was read.
                        Err(_) if port.load(Ordering::Relaxed) != at => {}
                        Err(_) => {
                            count.lost.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
        let mut aborted = 0;
        for _ in 0..TIMES {
            sleep(Duration::from_millis(200)).await;
            aborted += server.order(order).await?;
            if order == "stop" {
                // The first line told the new address, before the old one was given up.
                aborted += server.report().await?;
            }
        }
        count.over.store(true, Ordering::Relaxed);
        while let Some(done) = clients.join_next().await {
            done?;
        }
        let (sent, lost) = (&count.sent, &count.lost);
        println!(
            "{order}: {TIMES} times under {BUSY} busy connections: {sent:?} requests sent, {lost:?} lost, {aborted} aborted"
        );
        if lost.load(Ordering::Relaxed) + aborted > 0 {
            return Err("requests were lost".into());
        }
    }
    Ok(())
}

async fn keep_asking(mut stream: TcpStream, count: &Count) {
    while !count.over.load(Ordering::Relaxed) {
        count.sent.fetch_add(1, Ordering::Relaxed);
        match ask(&mut stream).await {
            Ok(false) => {}
            Ok(true) => return,
            Err(_) => {
                count.lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }
}
