//! The first program: annotate a function and it is served.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/ping
//! {"ok":true}
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/pong
//! 404
//! ```

use serde::Serialize;
use toolkit_zero::prelude::*;

#[derive(Serialize)]
struct Pong {
    ok: bool,
}

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

#[toolkit_zero::main]
async fn main() {}
