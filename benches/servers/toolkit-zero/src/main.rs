//! The routes on toolkit-zero, everything that is on by default switched on.

use std::time::Duration;

use common::{Item, Layers, NewItem, Options, Pong, User};
use toolkit_zero::middleware::{HttpLayer, Next, from_fn};
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
    if options.layers == Layers::Elsewhere {
        let elsewhere = ServerMechanism::get("/elsewhere").onconnect(ping);
        server.mechanism(elsewhere.layer(passes()).layer(passes()).layer(passes()));
    }
    common::run(&options, || {
        let background = server.serve_managed(([127, 0, 0, 1], 0));
        if options.layers == Layers::Around {
            for route in [route!(ping), route!(user), route!(items)] {
                let around = route.layer(passes());
                background.routes().replace(around).expect("a route");
            }
        }
        if options.churn {
            tokio::spawn(churn(background.routes()));
        }
        background.addr()
    });
}

/// A layer that does nothing.
fn passes() -> impl HttpLayer {
    from_fn(|request: Request, next: Next| next.run(request))
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
