//! Layers of tower and tower-http, as they are, around routes, modules and servers; services of others below a prefix.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Barrier, mpsc};
use toolkit_zero::prelude::*;
use toolkit_zero::testing::TestClient;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::support::{Fed, connected, says};

#[tokio::test]
async fn a_preflight_of_one_route_is_answered_by_its_layer() {
    let cors = CorsLayer::new()
        .allow_origin(["https://app.example.org".parse().unwrap()])
        .allow_methods([Method::GET]);
    let (_bg, mut client) = connected([says("/open", "x").layer(cors), says("/closed", "x")]).await;
    let mut ask = async |method: &str, path: &str, fields: &str| {
        let origin = "origin: https://app.example.org\r\n";
        client
            .write(format!(
                "{method} {path} HTTP/1.1\r\nhost: test\r\n{origin}{fields}\r\n"
            ))
            .await;
        client.answer().await
    };
    let preflight = "access-control-request-method: GET\r\n";
    let answer = ask("OPTIONS", "/open", preflight).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.org")
    );
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET"));
    let answer = ask("GET", "/open", "").await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.org")
    );
    // A script of the page may see why it was refused.
    let answer = ask("DELETE", "/open", "").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.org")
    );
    let answer = ask("OPTIONS", "/closed", preflight).await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (204, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn answers_are_compressed_and_events_are_not() {
    let text = ServerMechanism::get("/text").onconnect(|| async { "x".repeat(1000) });
    let events = ServerMechanism::get("/events").onconnect(|| async {
        let (feed, stream) = Fed::<Event>::new();
        feed.send(Event::default().data("one")).unwrap();
        Sse::new(stream)
    });
    let mut server = Server::of([text, events]);
    server.layer(CompressionLayer::new());
    let client = TestClient::new(server);
    let answer = client
        .get("/text")
        .header("accept-encoding", "gzip")
        .send()
        .await;
    answer
        .assert_status(200)
        .assert_header("content-encoding", "gzip");
    assert!(answer.bytes().starts_with(&[0x1f, 0x8b]) && answer.bytes().len() < 100);
    let answer = client
        .get("/events")
        .header("accept-encoding", "gzip")
        .send()
        .await;
    answer.assert_text("data: one\n\n");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_tower_http_ends_the_handler() {
    let slow = ServerMechanism::get("/slow").onconnect(std::future::pending::<()>);
    let layer = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(2));
    let client = TestClient::new(Server::of([slow.layer(layer)]));
    client.get("/slow").send().await.assert_status(504);
}

#[tokio::test]
async fn ids_headers_traces_and_authorisation_come_as_layers() {
    let named = ServerMechanism::get("/").onconnect(|id: RequestId| async move { id.to_string() });
    let mut server = Server::of([named]);
    server
        .layer(TraceLayer::new_for_http())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetResponseHeaderLayer::overriding(
            "x-frame-options".parse::<http::HeaderName>().unwrap(),
            http::HeaderValue::from_static("DENY"),
        ))
        .layer(ValidateRequestHeaderLayer::accept("text/plain"));
    let client = TestClient::new(server);
    let answer = client.get("/").send().await;
    answer
        .assert_status(200)
        .assert_header("x-frame-options", "DENY");
    answer.assert_header("x-request-id", &answer.text());
    let json = client
        .get("/")
        .header("accept", "application/json")
        .send()
        .await;
    json.assert_status(406);
}

#[routes("/limited", layer = GlobalConcurrencyLimitLayer::new(1))]
mod limited {
    use super::{Arc, Barrier, mpsc};
    use toolkit_zero::prelude::*;

    #[get("/one")]
    pub(super) async fn one(
        State(gate): State<(mpsc::UnboundedSender<&'static str>, Arc<Barrier>)>,
    ) {
        gate.0.send("in one").unwrap();
        gate.1.wait().await;
        gate.0.send("out of one").unwrap();
    }

    #[get("/two")]
    pub(super) async fn two(
        State(gate): State<(mpsc::UnboundedSender<&'static str>, Arc<Barrier>)>,
    ) {
        gate.0.send("in two").unwrap();
    }
}

/// The routes of the module share one layer, which is made once a server. tower's `ConcurrencyLimitLayer` would make a limit
/// of its own for each route; the global one has one for all.
#[tokio::test]
async fn a_limit_of_tower_is_shared_over_a_module() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let gate = Arc::new(Barrier::new(2));
    let mut server = toolkit_zero::collected!();
    server.state((tell, Arc::clone(&gate)));
    server.state("Ada".to_owned());
    server.state(tokio::sync::broadcast::Sender::<String>::new(1));
    server.state(toolkit_zero::extract::cookie::Key::derive_from(&[7; 32]));
    let client = TestClient::new(server);
    let (one, two) = (client.clone(), client.clone());
    let one = tokio::spawn(async move { one.get("/limited/one").send().await.status() });
    assert_eq!(told.recv().await, Some("in one"));
    let two = tokio::spawn(async move { two.get("/limited/two").send().await.status() });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(told.try_recv().is_err(), "the second waits for the first");
    gate.wait().await;
    assert_eq!(told.recv().await, Some("out of one"));
    assert_eq!(told.recv().await, Some("in two"));
    assert!(one.await.unwrap().is_success() && two.await.unwrap().is_success());
}

/// A service of somebody else: it answers with the path that it sees.
#[derive(Clone)]
struct Other;

impl tower_service::Service<http::Request<Body>> for Other {
    type Response = http::Response<String>;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let text = format!("{} {}", request.method(), request.uri());
        std::future::ready(Ok(http::Response::new(text)))
    }
}

#[tokio::test]
async fn a_service_of_others_answers_below_its_prefix() {
    let mut server = Server::of([says("/old/moved", "here now")]);
    server.mount("/old", Other);
    let client = TestClient::new(server);
    client
        .get("/old/moved")
        .send()
        .await
        .assert_text("here now");
    client
        .get("/old/a/b?c=d")
        .send()
        .await
        .assert_text("GET /a/b?c=d");
    client.put("/old").send().await.assert_text("PUT /");
    client.get("/elsewhere").send().await.assert_status(404);
}
