//! A new process takes over from the old one, and no request is lost. Start it twice: the second one takes the sockets of the
//! first, which finishes what it has begun and ends. A second one that fails to start leaves the first as it was.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/version
//! version 0.1.0
//! ```

use std::path::PathBuf;

use toolkit_zero::prelude::*;

#[get("/version")]
async fn version() -> &'static str {
    concat!("version ", env!("CARGO_PKG_VERSION"))
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    let directory = std::env::var("RUNTIME_DIRECTORY").unwrap_or_else(|_| ".".to_owned());
    server.handover(PathBuf::from(directory).join("handover.sock"));
}
