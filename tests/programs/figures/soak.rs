//! Everything at once, for long: what the server keeps of it must not grow.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tests::mixed::{Kind, Mixed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::Failure;
use crate::remote::Remote;

/// Clients of each kind, and slow ones of each of two kinds.
const EACH: usize = 6;
/// A round is so long; then everybody leaves, and what is left is looked at.
const ROUND: Duration = Duration::from_secs(10);
/// How much more may be resident after the last round than after the first.
const GROWTH: u64 = 2 << 10;

/// Rounds of clients of every kind while the server moves and its routes change.
pub(crate) async fn soak(server: &mut Remote, long: Duration) -> Result<(), Failure> {
    let begun = Instant::now();
    let descriptors = server.descriptors()?;
    let (mut first, mut last, mut moves, mut answered, mut rounds) = (None, 0, 0, 0, 0);
    while begun.elapsed() < long {
        let over = Arc::new(AtomicBool::new(false));
        let slow = slow_clients(server, &over);
        let port = Arc::clone(&server.port);
        let clients = Mixed::start(Kind::ALL.map(|kind| (kind, EACH)), move || at(&port));
        let round = Instant::now();
        // It ends where it began: moved to every address of its port, it keeps listening at the one it came from.
        while round.elapsed() < ROUND || moves % 2 == 1 {
            sleep(Duration::from_millis(300)).await;
            server.order("live").await?;
            let aborted = server.order("move").await?;
            if aborted > 0 {
                return Err(format!("a move has aborted {aborted} requests").into());
            }
            moves += 1;
        }
        over.store(true, Ordering::Relaxed);
        let outcome = clients.end().await;
        slow.join_all().await;
        if !outcome.lost.is_empty() {
            return Err(format!("lost: {:#?}", outcome.lost).into());
        }
        answered += outcome.sum();
        let back = timeout(Duration::from_secs(20), async {
            while server.descriptors()? > descriptors {
                sleep(Duration::from_millis(50)).await;
            }
            Ok::<_, Failure>(())
        });
        if back.await.is_err() {
            let left = server.descriptors()?;
            return Err(format!("{left} descriptors are open, and were {descriptors}").into());
        }
        last = server.resident()?;
        first.get_or_insert(last);
        rounds += 1;
    }
    let first = first.unwrap_or(last);
    println!(
        "soak: {rounds} rounds of {} clients in {:?}: {moves} moves, {answered} answered, 0 lost; {descriptors} descriptors \
         before and after each round; {first} KiB resident after the first, {last} KiB after the last",
        EACH * (Kind::ALL.len() + 2),
        begun.elapsed(),
    );
    if last > first + GROWTH {
        return Err("memory grows".into());
    }
    Ok(())
}

fn at(port: &std::sync::atomic::AtomicU16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port.load(Ordering::Relaxed)).into()
}

/// Heads that come a byte at a time until they are cut, and answers that are read so.
fn slow_clients(server: &Remote, over: &Arc<AtomicBool>) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for place in 0..2 * EACH {
        let (port, over) = (Arc::clone(&server.port), Arc::clone(over));
        clients.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let Ok(mut stream) = TcpStream::connect(at(&port)).await else {
                    sleep(Duration::from_millis(10)).await;
                    continue;
                };
                let request: &[u8] = b"GET /pieces HTTP/1.1\r\nhost: a-slow-client\r\n\r\n";
                if place % 2 == 0 {
                    for byte in request {
                        if stream.write_all(&[*byte]).await.is_err() {
                            break;
                        }
                        sleep(Duration::from_millis(100)).await;
                    }
                } else if stream.write_all(request).await.is_ok() {
                    let mut byte = [0];
                    while !over.load(Ordering::Relaxed)
                        && matches!(timeout(ROUND, stream.read(&mut byte)).await, Ok(Ok(1)))
                    {
                        sleep(Duration::from_millis(20)).await;
                    }
                }
            }
        });
    }
    clients
}
