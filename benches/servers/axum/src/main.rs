//! The routes on axum.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use common::{Item, NewItem, Pong, User};

fn main() {
    let routes = Router::new()
        .route("/ping", get(ping))
        .route("/users/{id}", get(user))
        .route("/items", post(items));
    common::run(|| {
        let listener = common::listen();
        let addr = listener.local_addr().expect("a bound socket");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        addr
    });
}

async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

async fn user(Path(id): Path<u64>) -> Json<User> {
    Json(User::find(id))
}

async fn items(Json(new): Json<NewItem>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(Item::create(new)))
}
