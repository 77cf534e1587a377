//! The routes on toolkit-zero, everything that is on by default switched on.

use std::time::Duration;

use common::{Item, NewItem, Options, Pong, User};
use toolkit_zero::middleware::{Next, from_fn};
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
    let options = Options::read();
    let mut server = toolkit_zero::collected!();
    for filler in options.fillers() {
        server.mechanism(ServerMechanism::get(filler).onconnect(ping));
    }
    if options.layers {
        let one = ServerMechanism::get("/layers/1").onconnect(ping);
        server.mechanism(one.layer(from_fn(through)));
        let three = ServerMechanism::get("/layers/3").onconnect(ping);
        let three = three.layer(from_fn(through)).layer(from_fn(through));
        server.mechanism(three.layer(from_fn(through)));
    }
    common::run(&options, || {
        let background = server.serve_managed(([127, 0, 0, 1], 0));
        if options.churn {
            tokio::spawn(churn(background.routes()));
        }
        background.addr()
    });
}

/// A layer that does nothing.
async fn through(request: Request, next: Next) -> Response {
    next.run(request).await
}

/// Adds a route and removes it again, every millisecond.
async fn churn(routes: Routes) {
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    for number in 0_usize.. {
        tick.tick().await;
        let pattern = format!("/added{number}");
        let added = ServerMechanism::get(pattern.clone()).onconnect(ping);
        routes.add(added).expect("a new route");
        routes.remove(&Method::GET, &pattern);
    }
}
