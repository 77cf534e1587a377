//! Layers of tower and tower-http: who asks, which pages may, how long it takes, how many at once, what is written down.
//!
//! ```text
//! $ curl -s -D - -o /dev/null http://127.0.0.1:8080/reports/1 | tr -d '\r' | grep -iE '^(HTTP|www-auth|x-frame)'
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Bearer
//! x-frame-options: DENY
//! $ curl -s http://127.0.0.1:8080/reports/1 -H 'authorization: Bearer secret'
//! report 1 for Ada
//! $ curl -s -D - -o /dev/null http://127.0.0.1:8080/reports/1 -H 'authorization: Bearer secret' -H 'x-request-id: mine' | tr -d '\r' | grep -i x-request-id
//! x-request-id: mine
//! $ curl -s http://127.0.0.1:8080/long --compressed -H 'accept-encoding: gzip' | wc -c
//! 10000
//! $ curl -s -D - -o /dev/null http://127.0.0.1:8080/long -H 'accept-encoding: gzip' | tr -d '\r' | grep -i content-encoding
//! content-encoding: gzip
//! $ curl -s -D - -o /dev/null -X OPTIONS http://127.0.0.1:8080/items -H 'origin: https://app.example.org' -H 'access-control-request-method: PUT' | tr -d '\r' | grep -i allow-origin
//! access-control-allow-origin: https://app.example.org
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/slow
//! 503
//! $ curl -s -D - -o /dev/null http://127.0.0.1:8080/items -X PUT | tr -d '\r' | grep -io 'server-timing: app'
//! server-timing: app
//! ```

use std::time::{Duration, Instant};

use toolkit_zero::middleware::compression::CompressionLayer;
use toolkit_zero::middleware::cors::CorsLayer;
use toolkit_zero::middleware::timeout::TimeoutLayer;
use toolkit_zero::middleware::{HttpLayer, Next, from_fn};
use toolkit_zero::prelude::*;
use tower::limit::ConcurrencyLimitLayer;
use tower_http::auth::AsyncRequireAuthorizationLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

/// Who asks; `authenticated` puts it beside the request.
#[derive(Clone)]
struct User(&'static str);

/// Lets those in who have the token, and tells handlers who they are.
fn authenticated() -> impl HttpLayer {
    AsyncRequireAuthorizationLayer::new(|mut request: http::Request<Body>| async {
        let token = request.headers().get("authorization");
        if token.is_none_or(|token| token != "Bearer secret") {
            let problem = Problem::unauthorized().header("www-authenticate", "Bearer");
            return Err(problem.into_response());
        }
        request.extensions_mut().insert(User("Ada"));
        Ok(request)
    })
}

/// A layer of one's own: an async function of the request and of what comes next.
async fn timed(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let mut response = next.run(request).await;
    let spent = format!("app;dur={}", begun.elapsed().as_millis());
    if let Ok(spent) = spent.parse() {
        response.headers_mut().insert("server-timing", spent);
    }
    response
}

/// Of all the routes in it two requests run at once; the others wait.
#[routes("/reports", layer = authenticated(), layer = ConcurrencyLimitLayer::new(2))]
mod reports {
    use super::User;
    use toolkit_zero::prelude::*;

    #[get("/{id}")]
    async fn report(id: u32, Extension(user): Extension<User>) -> String {
        format!("report {id} for {}", user.0)
    }
}

#[get("/long", layer = CompressionLayer::new())]
async fn long() -> String {
    "x".repeat(10_000)
}

fn our_pages() -> CorsLayer {
    CorsLayer::new()
        .allow_origin([http::HeaderValue::from_static("https://app.example.org")])
        .allow_methods([Method::PUT])
}

/// The layer answers the preflights of this route, too.
#[put("/items", layer = our_pages(), layer = from_fn(timed))]
async fn items() -> NoContent {
    NoContent
}

#[get("/slow", layer = TimeoutLayer::new(Duration::from_millis(50)))]
async fn slow() {
    std::future::pending::<()>().await;
}

/// Layers of the server are around everything, 404 included; the first is outermost.
#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetResponseHeaderLayer::overriding(
            http::header::X_FRAME_OPTIONS,
            http::HeaderValue::from_static("DENY"),
        ));
}
