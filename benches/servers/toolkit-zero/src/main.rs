//! The routes on toolkit-zero, everything that is on by default switched on.

use common::{Item, NewItem, Pong, User};
use toolkit_zero::prelude::*;

async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

async fn user(Path(id): Path<u64>) -> Json<User> {
    Json(User::find(id))
}

async fn items(Json(new): Json<NewItem>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(Item::create(new)))
}

fn main() {
    let server = Server::of([
        ServerMechanism::get("/ping").onconnect(ping),
        ServerMechanism::get("/users/{id}").onconnect(user),
        ServerMechanism::post("/items").onconnect(items),
    ]);
    common::run(|| server.serve_managed(([127, 0, 0, 1], 0)).addr());
}
