//! The routes on toolkit-zero, everything that is on by default switched on.

use common::{Item, NewItem, Pong, User};
use toolkit_zero::prelude::*;

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

#[get("/users/{id}")]
async fn user(id: u64) -> Json<User> {
    Json(User::find(id))
}

#[post("/items")]
async fn items(Json(new): Json<NewItem>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(Item::create(new)))
}

fn main() {
    let server = toolkit_zero::collected!();
    common::run(|| server.serve_managed(([127, 0, 0, 1], 0)).addr());
}
