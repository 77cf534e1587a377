//! An axum application that is moved here route by route.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/shop/items/7
//! item 7, from toolkit-zero
//! $ curl -s http://127.0.0.1:8080/shop/orders/7
//! order 7, from axum
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/shop/nothing
//! 404
//! ```

use axum::extract::Path as AxumPath;
use axum::routing;
use toolkit_zero::prelude::*;

/// What was not moved yet. It sees paths without the prefix.
fn old() -> axum::Router {
    axum::Router::new()
        .route(
            "/items/{id}",
            routing::get(
                |AxumPath(id): AxumPath<u64>| async move { format!("item {id}, from axum") },
            ),
        )
        .route(
            "/orders/{id}",
            routing::get(
                |AxumPath(id): AxumPath<u64>| async move { format!("order {id}, from axum") },
            ),
        )
}

/// A route beats what is mounted.
#[get("/shop/items/{id}")]
async fn item(id: u64) -> String {
    format!("item {id}, from toolkit-zero")
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server.mount("/shop", old());
}
