//! The test client: a server in process, through the real request path.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use serde_json::json;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use toolkit_zero::testing::{TestAnswer, TestClient};

use crate::support::Fed;

#[derive(Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
}

#[get("/users/{id}")]
async fn user(id: u64, State(name): State<String>) -> Json<User> {
    Json(User { id, name })
}

#[post("/users")]
async fn create(agent: HeaderMap, Json(user): Json<User>) -> (StatusCode, String) {
    let agent = agent
        .get("user-agent")
        .map_or("", |it| it.to_str().unwrap());
    (StatusCode::CREATED, format!("{} by {agent}", user.name))
}

fn client() -> TestClient {
    let mut server = Server::of([route!(user), route!(create)]);
    server.state("first".to_owned());
    // A test replaces what the program gave.
    server.state("Ada".to_owned());
    TestClient::new(server)
}

fn fails(assertion: impl FnOnce() -> *const TestAnswer) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assertion)).expect_err("the assertion fails");
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn a_request_goes_through_extractors_and_replies() {
    let client = client();
    let answer = client.get("/users/7").send().await;
    answer
        .assert_status(200)
        .assert_status(StatusCode::OK)
        .assert_header("content-type", "application/json")
        .assert_json(&json!({"name": "Ada", "id": 7}));
    assert_eq!(answer.json::<User>().id, 7);
    let request = client.post("/users").header("user-agent", "test");
    let answer = request.json(&json!({"id": 1, "name": "Bob"})).send().await;
    answer.assert_status(201).assert_text("Bob by test");
}

#[tokio::test]
async fn refusals_are_those_of_the_server() {
    let client = client();
    let answer = client.get("/users/seven").send().await;
    answer.assert_status(400);
    let problem: serde_json::Value = answer.json();
    assert_eq!(problem["errors"][0]["parameter"], "id");
    assert_eq!(problem["instance"], "/users/seven");
    client.get("/nowhere").send().await.assert_status(404);
    let answer = client.delete("/users/7").send().await;
    answer
        .assert_status(405)
        .assert_header("allow", "GET, HEAD, OPTIONS");
    let answer = client.head("/users/7").send().await;
    answer.assert_status(200).assert_text("");
    let text = client
        .post("/users")
        .header("content-type", "text/plain")
        .body("{}");
    text.send().await.assert_status(415);
}

#[tokio::test]
async fn a_failed_assertion_shows_what_differs_and_the_whole_answer() {
    let answer = client().get("/users/7").send().await;
    let message = fails(|| answer.assert_json(&json!({"id": 8, "nick": "A"})));
    for line in [
        "the body is not the JSON that was expected:",
        "/id: expected 8, found 7",
        "/name: not expected, found \"Ada\"",
        "/nick: expected \"A\", and it is missing",
        "GET /users/7 was answered 200 OK",
        "content-type: application/json",
    ] {
        assert!(message.contains(line), "{line} in {message}");
    }
    let message = fails(|| answer.assert_status(404));
    assert!(
        message.starts_with("the status is 200, not 404\nGET /users/7"),
        "{message}"
    );
    let message = fails(|| answer.assert_header("etag", "x"));
    assert!(
        message.starts_with("`etag` is None, not \"x\""),
        "{message}"
    );
}

#[tokio::test]
async fn layers_of_the_server_are_around_it_and_the_table_is_live() {
    let mut server = Server::default();
    server.layer(from_fn(|request: Request, next: Next| async move {
        let mut response = next.run(request).await;
        response
            .headers_mut()
            .insert("x-layer", "1".parse().unwrap());
        response
    }));
    let client = TestClient::new(server);
    client
        .get("/")
        .send()
        .await
        .assert_status(404)
        .assert_header("x-layer", "1");
    let routes = client.routes();
    routes
        .add(ServerMechanism::get("/").onconnect(|| async { "here" }))
        .unwrap();
    client.get("/").send().await.assert_text("here");
}

#[tokio::test]
async fn queries_forms_cookies_and_peers_are_written_for_the_test() {
    let route = ServerMechanism::post("/echo").onconnect(
        |uri: Uri, headers: HeaderMap, ClientAddr(peer): ClientAddr, body: String| async move {
            let cookie = headers["cookie"].to_str().unwrap().to_owned();
            format!("{uri} {cookie} {peer} {body}")
        },
    );
    let client = TestClient::new(Server::of([route]));
    let request = client
        .post("/echo?a=1")
        .query("b", "x y&z")
        .cookie("k", "v")
        .cookie("l", "w");
    let request = request.form([("name", "Ada L"), ("tag", "a&b")]);
    let answer = request.from(([10, 0, 0, 1], 9).into()).send().await;
    answer.assert_text("/echo?a=1&b=x%20y%26z k=v; l=w 10.0.0.1:9 name=Ada%20L&tag=a%26b");
}

#[tokio::test]
async fn events_are_read_while_they_happen_and_a_drain_reaches_the_handler() {
    let route = ServerMechanism::get("/events").onconnect(|shutdown: Shutdown| async move {
        let (feed, stream) = Fed::<Event>::new();
        feed.send(Event::default().data("one")).unwrap();
        tokio::spawn(async move {
            shutdown.requested().await;
            feed.send(Event::default().event("bye").data("two"))
                .unwrap();
        });
        Sse::new(stream)
    });
    let client = TestClient::new(Server::of([route]));
    let mut stream = client.get("/events").stream().await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.event().await.unwrap().unwrap(), "data: one");
    client.drain();
    assert_eq!(
        stream.event().await.unwrap().unwrap(),
        "event: bye\ndata: two"
    );
    assert_eq!(stream.event().await.unwrap(), None);
}

#[tokio::test]
async fn a_panic_is_a_500_and_a_broken_stream_is_told() {
    async fn panics() -> &'static str {
        panic!("no")
    }
    let broken = ServerMechanism::get("/broken").onconnect(|| async {
        let (feed, stream) = Fed::<Result<&'static str, std::io::Error>>::new();
        feed.send(Ok("half")).unwrap();
        feed.send(Err(std::io::Error::other("lost"))).unwrap();
        Body::from_stream(stream)
    });
    let client = TestClient::new(Server::of([
        ServerMechanism::get("/panic").onconnect(panics),
        broken,
    ]));
    client.get("/panic").send().await.assert_status(500);
    let answer = client.get("/broken").send().await;
    answer.assert_status(200).assert_text("half");
    assert!(answer.broken().is_some());
}

#[tokio::test]
async fn a_server_with_faults_does_not_boot_in_process_either() {
    let error = TestClient::try_new(Server::of([route!(user)])).unwrap_err();
    assert!(
        error.to_string().contains("no `String` was given"),
        "{error}"
    );
}
