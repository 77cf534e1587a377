//! A service of systemd, which binds its socket, is told when it is ready, and restarts it if it stands still. Outside systemd
//! it is an ordinary server.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/ping
//! pong
//! ```
//!
//! `app.socket`, and `app.service` beside it:
//!
//! ```text
//! [Socket]
//! ListenStream=0.0.0.0:80
//!
//! [Install]
//! WantedBy=sockets.target
//! ```
//!
//! ```text
//! [Service]
//! Type=notify
//! ExecStart=/usr/bin/app
//! WatchdogSec=10
//! Restart=on-failure
//! ```

use toolkit_zero::prelude::*;

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

// With the feature `systemd`, `main` does it all.
#[toolkit_zero::main]
async fn main() {}
