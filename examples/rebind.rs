//! A server that moves under load, and what was lost: nothing.
//!
//! Eight clients that never retry keep asking on kept connections while the server moves to another port, to all
//! addresses of the machine, back, and to where it is already.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/
//! here
//! ```

#![expect(clippy::print_stdout, reason = "it tells what it sees")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use toolkit_zero::prelude::*;

#[get("/")]
async fn here() -> &'static str {
    // Long enough that every move finds requests in flight.
    tokio::time::sleep(Duration::from_millis(2)).await;
    "here"
}

#[toolkit_zero::main]
async fn main(bg: &mut BackgroundServer) -> Result<(), Box<dyn Error>> {
    let home = bg.addr();
    let counts = Arc::new(Counts::default());
    let clients: Vec<_> = (0..8)
        .map(|_| tokio::spawn(ask(bg.control(), Arc::clone(&counts))))
        .collect();

    let everywhere = SocketAddr::from(([0, 0, 0, 0], home.port()));
    for to in [
        SocketAddr::from(([127, 0, 0, 1], 0)),
        home,
        everywhere,
        home,
        home,
    ] {
        let from = bg.addr();
        let report = bg.try_rebind(to).await?;
        println!("{from} -> {}: {report}", bg.addr());
    }

    counts.done.store(true, Ordering::Relaxed);
    for client in clients {
        client.await?;
    }
    let (sent, lost) = (
        counts.sent.load(Ordering::Relaxed),
        counts.lost.load(Ordering::Relaxed),
    );
    println!("{sent} requests over 5 moves, {lost} lost");
    Ok(())
}

#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    lost: AtomicU64,
    done: AtomicBool,
}

/// Asks on one connection for as long as the server keeps it, then on the next.
async fn ask(server: Control, counts: Arc<Counts>) {
    while !counts.done.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(server.addr()).await else {
            // The address moved between asking for it and connecting to it: no request was sent.
            continue;
        };
        loop {
            counts.sent.fetch_add(1, Ordering::Relaxed);
            match exchange(&mut stream).await {
                Ok(kept) if kept && !counts.done.load(Ordering::Relaxed) => {}
                Ok(_) => break,
                Err(_) => {
                    counts.lost.fetch_add(1, Ordering::Relaxed);
                    break;
                }
            }
        }
    }
}

/// One request and its answer; whether the server keeps the connection.
async fn exchange(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"here") {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(!String::from_utf8_lossy(&answer)
        .to_lowercase()
        .contains("connection: close"))
}
