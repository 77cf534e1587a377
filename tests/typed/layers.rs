//! Layers of tower-http and tower, as they are, around routes and servers.

use std::time::Duration;

use tests::{Answer, Client};
use toolkit_zero::middleware::compression::CompressionLayer;
use toolkit_zero::middleware::cors::CorsLayer;
use toolkit_zero::middleware::timeout::TimeoutLayer;
use toolkit_zero::prelude::*;
use toolkit_zero::reply::BoxError;
use tower::ServiceBuilder;
use tower_http::auth::{AddAuthorizationLayer, AsyncRequireAuthorizationLayer};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::support::{FREE, Fed, Log, connected, problem, says};

/// Asks with these field lines.
async fn ask(client: &mut Client, method: &str, path: &str, fields: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nhost: test\r\n{fields}\r\n");
    client.write(request).await;
    client.answer().await
}

const ORIGIN: &str = "origin: https://app.example.org\r\n";

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(["https://app.example.org".parse().unwrap()])
        .allow_methods([Method::GET, Method::PUT])
}

fn allowed(answer: &Answer) -> bool {
    answer.header("access-control-allow-origin") == Some("https://app.example.org")
}

#[tokio::test]
async fn a_preflight_of_one_route_is_answered_by_its_layer() {
    let (_bg, mut client) =
        connected([says("/open", "x").layer(cors()), says("/closed", "x")]).await;
    for method in ["GET", "HEAD"] {
        let fields = format!("{ORIGIN}access-control-request-method: {method}\r\n");
        let answer = ask(&mut client, "OPTIONS", "/open", &fields).await;
        assert!(answer.status == 200 && allowed(&answer), "{method}");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            Some("GET,PUT")
        );
        let answer = ask(&mut client, "OPTIONS", "/closed", &fields).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (204, Some("GET, HEAD, OPTIONS"))
        );
        assert!(!allowed(&answer), "{method}");
    }
    assert!(allowed(&ask(&mut client, "GET", "/open", ORIGIN).await));
    // A script of the page may see why it was refused.
    let answer = ask(&mut client, "DELETE", "/open", ORIGIN).await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert!(allowed(&answer));
}

#[tokio::test]
async fn a_preflight_is_answered_by_the_route_that_it_is_about() {
    let open = ServerMechanism::put("/x").onconnect(|| async {});
    let (_bg, mut client) = connected([open.layer(cors()), says("/x", "x")]).await;
    for (method, open) in [("PUT", true), ("GET", false), ("DELETE", true)] {
        let fields = format!("{ORIGIN}access-control-request-method: {method}\r\n");
        let answer = ask(&mut client, "OPTIONS", "/x", &fields).await;
        assert_eq!(allowed(&answer), open, "{method}");
    }
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
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = ask(&mut client, "GET", "/text", "accept-encoding: gzip\r\n").await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.header("vary"), Some("accept-encoding"));
    assert!(answer.body.starts_with(&[0x1f, 0x8b]) && answer.body.len() < 100);
    let answer = ask(&mut client, "GET", "/text", "").await;
    assert_eq!(answer.text(), "x".repeat(1000));
    let answer = ask(&mut client, "GET", "/events", "accept-encoding: gzip\r\n").await;
    assert_eq!(answer.text(), "data: one\n\n");
}

#[tokio::test]
async fn a_timeout_of_tower_is_a_503_and_one_of_tower_http_what_it_says() {
    let slow = |path: &str| ServerMechanism::get(path).onconnect(std::future::pending::<()>);
    let soon = Duration::from_millis(20);
    let status = StatusCode::GATEWAY_TIMEOUT;
    // Within a stack of others its error is found as well.
    let stack = ServiceBuilder::new()
        .buffer(10)
        .layer(TimeoutLayer::new(soon));
    let (_bg, mut client) = connected([
        slow("/tower").layer(TimeoutLayer::new(soon)),
        slow("/stack").layer(stack),
        slow("/tower-http").layer(tower_http::timeout::TimeoutLayer::with_status_code(
            status, soon,
        )),
        says("/in-time", "x").layer(TimeoutLayer::new(Duration::from_mins(1))),
    ])
    .await;
    for path in ["/tower", "/stack"] {
        let document = problem(&client.send("GET", path).await, 503, path);
        assert_eq!(
            document["detail"],
            "the request took longer than it may take here"
        );
    }
    assert_eq!(client.send("GET", "/tower-http").await.status, 504);
    assert_eq!(client.send("GET", "/in-time").await.text(), "x");
}

#[tokio::test]
async fn an_error_that_is_a_problem_is_the_answer() {
    let full = ServiceBuilder::new()
        .map_err(|_: BoxError| Problem::too_many_requests().retry_after(3))
        .filter(|request: http::Request<Body>| match request.method() {
            &Method::GET => Ok(request),
            _ => Err("no more of these"),
        });
    let any = ServerMechanism::post("/a").onconnect(|| async {});
    let (_bg, mut client) = connected([says("/a", "a").layer(full.clone()), any.layer(full)]).await;
    assert_eq!(client.send("GET", "/a").await.text(), "a");
    let answer = client.send("POST", "/a").await;
    problem(&answer, 429, "/a");
    assert_eq!(answer.header("retry-after"), Some("3"));
}

#[tokio::test]
async fn a_request_id_is_made_taken_and_sent_back() {
    let named = ServerMechanism::get("/").onconnect(|id: RequestId| async move { id.to_string() });
    let mut server = Server::of([named]);
    server
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id());
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/").await;
    assert_eq!(answer.text().len(), 36);
    assert_eq!(answer.header("x-request-id"), Some(&*answer.text()));
    let answer = ask(&mut client, "GET", "/", "x-request-id: mine\r\n").await;
    assert_eq!(answer.text(), "mine");
}

#[tokio::test]
async fn a_trace_has_the_answers_of_its_server() {
    let (log, _guard) = Log::listen();
    let mut server = Server::of([says("/a", "a")]);
    // The log of these tests listens to errors only.
    let level = tracing::Level::ERROR;
    server.layer(
        TraceLayer::new_for_http()
            .make_span_with(DefaultMakeSpan::new().level(level))
            .on_response(DefaultOnResponse::new().level(level)),
    );
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    for (path, status) in [("/a", 200), ("/nothing", 404)] {
        assert_eq!(client.send("GET", path).await.status, status);
        let told = log.errors();
        let last = told.last().unwrap();
        assert!(last.contains("finished processing request"), "{last}");
        assert!(last.contains(&format!("status={status}")), "{last}");
    }
}

#[tokio::test]
async fn header_fields_are_set_and_asked_for() {
    let mut server = Server::of([says("/", "x")]);
    server
        .layer(SetResponseHeaderLayer::overriding(
            http::header::X_FRAME_OPTIONS,
            http::HeaderValue::from_static("DENY"),
        ))
        .layer(ValidateRequestHeaderLayer::accept("text/plain"));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/").await;
    assert_eq!(
        (answer.status, answer.header("x-frame-options")),
        (200, Some("DENY"))
    );
    let answer = ask(&mut client, "GET", "/", "accept: application/json\r\n").await;
    assert_eq!(
        (answer.status, answer.header("x-frame-options")),
        (406, Some("DENY"))
    );
}

#[derive(Clone)]
struct User(&'static str);

#[tokio::test]
async fn a_layer_authorises_and_tells_the_handler_who_it_is() {
    let authorise = AsyncRequireAuthorizationLayer::new(|mut request: http::Request<Body>| async {
        let token = request.headers().get(http::header::AUTHORIZATION);
        match token.map(http::HeaderValue::as_bytes) {
            Some(b"Bearer secret") => {
                request.extensions_mut().insert(User("Ada"));
                Ok(request)
            }
            _ => Err(Problem::unauthorized()
                .header("www-authenticate", "Bearer")
                .into_response()),
        }
    });
    let whoami = |path: &str| {
        ServerMechanism::get(path)
            .onconnect(|Extension(user): Extension<User>| async move { user.0 })
    };
    let (_bg, mut client) = connected([
        whoami("/me").layer(authorise.clone()),
        // One layer can write what the next one reads.
        whoami("/known")
            .layer(AddAuthorizationLayer::bearer("secret"))
            .layer(authorise),
        says("/open", "x"),
    ])
    .await;
    let answer = client.send("GET", "/me").await;
    problem(&answer, 401, "/me");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let answer = ask(
        &mut client,
        "GET",
        "/me",
        "authorization: Bearer secret\r\n",
    )
    .await;
    assert_eq!(answer.text(), "Ada");
    assert_eq!(client.send("GET", "/known").await.text(), "Ada");
    assert_eq!(client.send("GET", "/open").await.text(), "x");
}
