//! A server that changes and moves while it is asked: what `.ci/load` runs beside `wrk`.
//!
//! It serves on 127.0.0.1:8080, says so, and once a line comes on standard input adds 1,000 routes one by one and moves to
//! 0.0.0.0:8080, back, and to where it is. A second server moves from port to port with a client that follows its address.
//! Ends with a count of what was lost, and with 1 if that is not nothing.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tests::Client;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::time::sleep;
use toolkit_zero::prelude::*;

const HOME: ([u8; 4], u16) = ([127, 0, 0, 1], 8080);
const EVERYWHERE: ([u8; 4], u16) = ([0, 0, 0, 0], 8080);
const ADDED: usize = 1000;

fn server() -> Server {
    Server::of([ServerMechanism::get("/ping").onconnect(|| async { reply!(text => "pong") })])
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let mut bg = server().serve_managed(HOME);
    eprintln!("serving on http://{}", bg.addr());
    let mut line = String::new();
    let read = BufReader::new(stdin()).read_line(&mut line).await;
    if read.is_err() {
        return ExitCode::FAILURE;
    }

    let follower = tokio::spawn(follow());
    let routes = bg.routes();
    let adding = tokio::spawn(async move {
        for number in 0..ADDED {
            let route =
                ServerMechanism::get(format!("/added/{number}")).onconnect(|| async { "added" });
            if let Err(error) = routes.add(route) {
                eprintln!("{error}");
                return false;
            }
            sleep(Duration::from_millis(7)).await;
        }
        true
    });
    let mut aborted = 0;
    for to in [EVERYWHERE, HOME, HOME, EVERYWHERE, HOME, HOME] {
        sleep(Duration::from_millis(400)).await;
        match bg.try_rebind(to).await {
            Ok(report) => {
                eprintln!("moved to {}: {report}", bg.addr());
                aborted += report.aborted();
            }
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
    }
    let added = adding.await.unwrap_or(false) && bg.routes().snapshot().len() == ADDED + 1;
    let (sent, lost) = follower.await.unwrap_or((0, u64::MAX));
    println!("added {ADDED} routes live: {added}; 6 moves on one port, {aborted} requests aborted");
    println!("a client that follows 20 moves to other ports: {sent} requests, {lost} lost");
    // `wrk` is still asking: what it is in the middle of is finished.
    line.clear();
    let _ = BufReader::new(stdin())
        .read_line(&mut line)
        .await
        .unwrap_or(0);
    let report = bg.stop().await;
    if added && aborted == 0 && lost == 0 && sent > 0 && report.aborted() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Requests sent and lost by a client that asks the control for the address and never retries.
async fn follow() -> (u64, u64) {
    let mut bg = server().serve_managed(([127, 0, 0, 1], 0));
    let done = Arc::new(AtomicBool::new(false));
    let (sent, lost) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (control, done) = (bg.control(), Arc::clone(&done));
            let (sent, lost) = (Arc::clone(&sent), Arc::clone(&lost));
            tokio::spawn(async move {
                while !done.load(Ordering::Relaxed) {
                    sent.fetch_add(1, Ordering::Relaxed);
                    let addr: SocketAddr = control.addr();
                    let Ok(mut client) = Client::try_connect(addr).await else {
                        // Refused: the address was given up between asking for it and connecting to it. Asking again is
                        // following; a second refusal on the same address would be a loss.
                        if control.addr() == addr {
                            lost.fetch_add(1, Ordering::Relaxed);
                        }
                        continue;
                    };
                    loop {
                        client
                            .write("GET /ping HTTP/1.1\r\nhost: test\r\n\r\n")
                            .await;
                        match client.try_answer(true).await {
                            Some(answer) if answer.status == 200 => {
                                if answer.header("connection") == Some("close")
                                    || done.load(Ordering::Relaxed)
                                {
                                    break;
                                }
                                sent.fetch_add(1, Ordering::Relaxed);
                            }
                            _ => {
                                lost.fetch_add(1, Ordering::Relaxed);
                                break;
                            }
                        }
                    }
                }
            })
        })
        .collect();
    for _ in 0..20 {
        sleep(Duration::from_millis(200)).await;
        if let Err(error) = bg.try_rebind(([127, 0, 0, 1], 0)).await {
            eprintln!("{error}");
            lost.fetch_add(1, Ordering::Relaxed);
        }
    }
    done.store(true, Ordering::Relaxed);
    for client in clients {
        if client.await.is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    }
    bg.stop().await;
    (sent.load(Ordering::Relaxed), lost.load(Ordering::Relaxed))
}
