//! Clients that do not behave.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Failure;
use crate::load::latencies;
use crate::remote::Remote;
use crate::serve::HEAD;

const SLOW: usize = 2_000;
const RESETS: u32 = 50_000;
const CONTINUATIONS: usize = 32 << 20;

const OPENING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// `GET http://x/ping` (RFC 7541: indexed, and literals without indexing).
const FIELDS: &[u8] = b"\x82\x86\x04\x05/ping\x01\x01x";

/// `SLOW` connections send their head a byte at a time: when each was cut, and how others were served meanwhile.
pub(crate) async fn slow_heads(server: &Remote) -> Result<(), Failure> {
    let before = latencies(server.addr(), 300).await?;
    let (addr, mut clients) = (server.addr(), JoinSet::new());
    for _ in 0..SLOW {
        let mut stream = TcpStream::connect(addr).await?;
        let begun = Instant::now();
        clients.spawn(async move {
            let mut answer = [0; 256];
            loop {
                if stream.write_all(b"G").await.is_err() {
                    return io::Result::Ok(begun.elapsed());
                }
                tokio::select! {
                    read = stream.read(&mut answer) => {
                        let _cut = read.unwrap_or(0);
                        return Ok(begun.elapsed());
                    }
                    () = sleep(Duration::from_millis(400)) => {}
                }
            }
        });
    }
    let beside = latencies(server.addr(), 300).await?;
    let mut longest = Duration::ZERO;
    while let Some(done) = clients.join_next().await {
        longest = longest.max(done??);
    }
    println!(
        "heads: {SLOW} slow ones, limit {HEAD:?}: the last was cut after {longest:?}; p50 and p99 {before:?} without, {beside:?} beside them"
    );
    Ok(())
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Writes what `next` gives, on a new connection whenever the server has ended one; how many it took and the largest resident
/// memory.
async fn flood(
    server: &Remote,
    mut next: impl FnMut(Option<u32>) -> Option<Vec<u8>>,
) -> Result<(u32, u64), Failure> {
    let (mut connections, mut most) = (0, server.resident()?);
    loop {
        let mut stream = TcpStream::connect(server.addr()).await?;
        connections += 1;
        stream.write_all(OPENING).await?;
        let (mut read, mut write) = stream.into_split();
        let reading = tokio::spawn(async move {
            let mut bin = vec![0; 16 << 10];
            while matches!(read.read(&mut bin).await, Ok(1..)) {}
        });
        let mut number = 0;
        loop {
            let Some(bytes) = next(Some(number)) else {
                return Ok((connections, most.max(server.resident()?)));
            };
            number += 1;
            if reading.is_finished() || write.write_all(&bytes).await.is_err() {
                break;
            }
            if number % 64 == 0 {
                most = most.max(server.resident()?);
            }
        }
    }
}

/// Streams that are opened and reset at once (CVE-2023-44487).
pub(crate) async fn resets(server: &Remote) -> Result<(), Failure> {
    let before = server.resident()?;
    let mut left = RESETS;
    let (connections, most) = flood(server, |number| {
        left = left.checked_sub(1)?;
        let stream = number? * 2 + 1;
        let open = frame(1, 5, stream, FIELDS);
        Some([open, frame(3, 0, stream, &8_u32.to_be_bytes())].concat())
    })
    .await?;
    tell(
        "resets",
        &format!("{RESETS} streams opened and reset"),
        connections,
        before,
        most,
    )
}

/// One head in `CONTINUATION` frames that never ends (CVE-2024-27316).
pub(crate) async fn continuations(server: &Remote) -> Result<(), Failure> {
    let before = server.resident()?;
    let mut left = CONTINUATIONS;
    let filler = [&b"\0\x01a\x7d"[..], &[b'x'; 125]].concat().repeat(120);
    let (connections, most) = flood(server, |number| {
        left = left.checked_sub(filler.len())?;
        let kind = if number? == 0 {
            (1, FIELDS)
        } else {
            (9, &filler[..])
        };
        Some(frame(kind.0, 0, 1, kind.1))
    })
    .await?;
    let what = format!("{} MiB of CONTINUATION", CONTINUATIONS >> 20);
    tell("continuations", &what, connections, before, most)
}

fn tell(name: &str, what: &str, connections: u32, before: u64, most: u64) -> Result<(), Failure> {
    println!(
        "{name}: {what} over {connections} connections: {before} KiB resident before, {most} KiB at most"
    );
    if most > before + (64 << 10) {
        return Err("memory is not bounded".into());
    }
    Ok(())
}
