//! A program that takes over from the one that serves, and is taken over by the next: what `tests/handover.rs` runs.
//!
//! It listens on a free port without TLS, on another with TLS, and on a Unix socket.

use std::error::Error;

use tokio::signal::unix::{SignalKind, signal};
use toolkit_zero::prelude::*;
use toolkit_zero::server::{Listen, Tls};

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Fails as it is told, or waits for a line of stdin.
async fn warm_up() -> Result<(), String> {
    match setting("START").as_str() {
        "fail" => Err("it was told to".to_owned()),
        "abort" => std::process::abort(),
        "wait" => {
            eprintln!("waiting");
            let line =
                tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
            line.await.map(drop).map_err(|error| error.to_string())
        }
        _ => Ok(()),
    }
}

#[toolkit_zero::main]
async fn main(mut server: Server) -> Result<(), Box<dyn Error>> {
    let mut stop = signal(SignalKind::terminate())?;
    let version = ServerMechanism::get("/version").onconnect(|| async { setting("VERSION") });
    if setting("START") == "fault" {
        server.mechanism(version.clone());
    }
    let directory = setting("DIRECTORY");
    let in_it = |name: &str| format!("{directory}/{name}");
    server
        .mechanism(version)
        .readiness("/readyz")
        .tls(Tls::files(in_it("cert.pem"), in_it("key.pem")))
        .handover(in_it("handover.sock"))
        .on_start(|_| warm_up());
    if setting("UNIX") != "no" {
        server.listen(Listen::unix(in_it("app.sock")).mode(0o660));
    }
    server.listen(([127, 0, 0, 1], 0));
    let bg = server.try_serve_managed(Listen::from(([127, 0, 0, 1], 0)).plain())?;
    tokio::select! {
        started = bg.started() => started?,
        _ = stop.recv() => {
            eprintln!("{}", bg.stop().await);
            return Ok(());
        }
    }
    eprintln!("{}", bg.until_stopped().await);
    Ok(())
}
