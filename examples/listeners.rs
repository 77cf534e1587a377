//! Several addresses and a Unix socket, one of them added and removed while the server runs.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/who
//! 127.0.0.1
//! $ curl -s --unix-socket "${RUNTIME_DIRECTORY:-.}/app.sock" http://localhost/who
//! somebody of this machine
//! $ curl -s -X POST http://127.0.0.1:8080/admin/open
//! opening
//! ```

#![expect(clippy::print_stdout, reason = "what it does is worth a line")]

use toolkit_zero::prelude::*;
use toolkit_zero::server::Listen;

#[get("/who")]
async fn who(addr: Option<ClientAddr>) -> String {
    match addr {
        Some(ClientAddr(addr)) => addr.ip().to_string(),
        None => "somebody of this machine".to_owned(),
    }
}

/// A handler cannot await its own server, so it asks for what it wants.
#[post("/admin/open")]
async fn open(State(control): State<Control>) -> &'static str {
    control.request_listen(([127, 0, 0, 1], 0));
    "opening"
}

#[toolkit_zero::main]
async fn main(bg: &mut BackgroundServer) {
    let directory = std::env::var("RUNTIME_DIRECTORY").unwrap_or_else(|_| ".".to_owned());
    let socket = bg
        .listen(Listen::unix(format!("{directory}/app.sock")).mode(0o660))
        .await;
    let other = bg.listen(([127, 0, 0, 1], 0)).await;
    println!("listening on {socket} and {other} too");
    // Who is in the middle of something there is finished with.
    bg.unlisten(other).await;
    println!("one is closed");
}
