//! The routes on axum.

use axum::extract::Path;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::routing::{get, post};
use axum::{Json, Router};
use common::{Item, Layers, NewItem, Pong, User};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

fn main() {
    let options = common::Options::read();
    let mut routes = Router::new()
        .route("/ping", get(ping))
        .route("/users/{id}", get(user))
        .route("/items", post(items));
    for filler in options.fillers() {
        routes = routes.route(&filler, get(ping));
    }
    match options.layers {
        Layers::None => {}
        Layers::Elsewhere => {
            let elsewhere = get(ping)
                .layer(from_fn(passes))
                .layer(from_fn(passes))
                .layer(from_fn(passes));
            routes = routes.route("/elsewhere", elsewhere);
        }
        Layers::Around => routes = routes.layer(from_fn(passes)),
    }
    common::run(&options, || {
        let listener = common::listen();
        let addr = listener.local_addr().expect("a bound socket");
        if options.http2 {
            tokio::spawn(serve_http2(listener, routes));
        } else {
            tokio::spawn(async move { axum::serve(listener, routes).await });
        }
        addr
    });
}

/// As `axum::serve` does with the feature `http2`, which would look for HTTP/2 on every connection of HTTP/1 too.
async fn serve_http2(listener: TcpListener, routes: Router) {
    let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let service = TowerToHyperService::new(routes.clone());
        tokio::spawn(builder.serve_connection(TokioIo::new(stream), service));
    }
}

/// A layer that does nothing.
async fn passes(request: Request, next: Next) -> axum::response::Response {
    next.run(request).await
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
