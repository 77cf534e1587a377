//! The first program of the README.

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
