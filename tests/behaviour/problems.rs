//! Refusals on the wire.

use std::fmt;

use toolkit_zero::prelude::*;
use toolkit_zero::reply::InputError;

use crate::support::{Log, connected, problem, says};

/// An error of an application.
#[derive(Debug)]
enum MyError {
    Missing(u64),
    Broken(String),
}

impl fmt::Display for MyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(id) => write!(f, "there is no {id}"),
            Self::Broken(why) => write!(f, "broken: {why}"),
        }
    }
}

impl std::error::Error for MyError {}

impl From<MyError> for Problem {
    fn from(error: MyError) -> Self {
        match error {
            MyError::Missing(_) => Self::not_found().detail(error.to_string()),
            MyError::Broken(_) => Self::internal(error),
        }
    }
}

fn find(id: u64) -> Result<&'static str, MyError> {
    match id {
        7 => Ok("seven"),
        13 => Err(MyError::Broken("the password is hunter2".into())),
        _ => Err(MyError::Missing(id)),
    }
}

#[tokio::test]
async fn an_error_of_ones_own_becomes_a_problem_by_the_question_mark() {
    let (log, _guard) = Log::listen();
    let (_bg, mut client) = connected([
        ServerMechanism::get("/reply/{id}")
            .onconnect(|Path(id): Path<u64>| async move { reply!(text => find(id)?) }),
        ServerMechanism::get("/result/{id}").onconnect(|Path(id): Path<u64>| async move {
            Ok::<_, Problem>((StatusCode::ACCEPTED, find(id)?))
        }),
    ])
    .await;
    for (base, status) in [("/reply", 200), ("/result", 202)] {
        let found = client.send("GET", &format!("{base}/7")).await;
        assert_eq!((found.status, found.text().as_str()), (status, "seven"));
        let target = format!("{base}/8");
        let document = problem(&client.send("GET", &target).await, 404, &target);
        assert_eq!(document["detail"], "there is no 8");
        assert_eq!(log.errors(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_internal_error_is_logged_and_the_client_is_told_nothing_of_it() {
    let (log, _guard) = Log::listen();
    let route = ServerMechanism::get("/{id}")
        .onconnect(|Path(id): Path<u64>| async move { reply!(text => find(id)?) });
    let (_bg, mut client) = connected([route]).await;
    let answer = client.send("GET", "/13").await;
    let document = problem(&answer, 500, "/13");
    assert_eq!(document.get("detail"), None);
    assert!(!answer.text().contains("hunter2"));
    let errors = log.errors();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].contains("broken: the password is hunter2"));
}

#[tokio::test]
async fn a_problem_has_the_members_that_it_was_given() {
    let route = ServerMechanism::get("/order").onconnect(|| async {
        Problem::unprocessable()
            .kind("https://example.org/sold-out")
            .title("Sold out")
            .detail("no tea is left")
            .instance("/orders/7")
            .error(InputError::at_pointer("/items/0", "tea"))
            .error(InputError::at_parameter("when", "too late"))
            .header("x-stock", "0")
            .retry_after(30)
    });
    let (_bg, mut client) = connected([route]).await;
    let answer = client.send("GET", "/order").await;
    assert_eq!(
        problem(&answer, 422, "/orders/7"),
        serde_json::json!({
            "type": "https://example.org/sold-out", "title": "Sold out", "status": 422,
            "detail": "no tea is left", "instance": "/orders/7",
            "errors": [{ "pointer": "/items/0", "detail": "tea" }, { "parameter": "when", "detail": "too late" }]
        })
    );
    assert_eq!(answer.header("x-stock"), Some("0"));
    assert_eq!(answer.header("retry-after"), Some("30"));
}

#[tokio::test]
async fn the_instance_is_the_path_of_the_request_without_its_query() {
    let route = ServerMechanism::get("/a/{x}").onconnect(|| async { Problem::gone() });
    let (_bg, mut client) = connected([route]).await;
    problem(
        &client.send("GET", "/a/b%20c?secret=1").await,
        410,
        "/a/b%20c",
    );
}

#[tokio::test]
async fn every_constructor_sends_its_status() {
    for (made, status) in [
        (Problem::bad_request(), 400),
        (Problem::unauthorized(), 401),
        (Problem::forbidden(), 403),
        (Problem::not_found(), 404),
        (Problem::request_timeout(), 408),
        (Problem::conflict(), 409),
        (Problem::content_too_large(), 413),
        (Problem::unsupported_media_type(), 415),
        (Problem::too_many_requests(), 429),
        (Problem::service_unavailable(), 503),
        (Problem::new(StatusCode::INSUFFICIENT_STORAGE), 507),
        (Problem::from(StatusCode::BAD_GATEWAY), 502),
    ] {
        let route = ServerMechanism::get("/a").onconnect(move || {
            let made = made.clone();
            async move { made }
        });
        let (_bg, mut client) = connected([route]).await;
        problem(&client.send("GET", "/a").await, status, "/a");
    }
}

#[tokio::test]
async fn a_problem_with_another_status_tells_the_status_that_is_sent() {
    let route = ServerMechanism::get("/a")
        .onconnect(|| async { (StatusCode::CONFLICT, Problem::not_found().detail("why")) });
    let (_bg, mut client) = connected([route]).await;
    let document = problem(&client.send("GET", "/a").await, 409, "/a");
    assert_eq!(
        (&document["title"], &document["detail"]),
        (&"Conflict".into(), &"why".into())
    );
}

#[tokio::test]
async fn a_body_put_in_place_of_a_problems_document_is_kept() {
    let route = ServerMechanism::get("/a").onconnect(|| async {
        let mut response = Problem::not_found().into_response();
        *response.body_mut() = Body::from("mine");
        response
    });
    let (_bg, mut client) = connected([route]).await;
    let answer = client.send("GET", "/a").await;
    assert_eq!((answer.status, answer.text().as_str()), (404, "mine"));
}

#[tokio::test]
async fn a_refused_request_leaves_the_connection_usable() {
    let (_bg, mut client) = connected([
        says("/ok", "ok"),
        ServerMechanism::post("/number")
            .onconnect(|Json(number): Json<u8>| async move { Json(number) }),
    ])
    .await;
    for (method, target, content_type, body, status) in [
        ("GET", "/none", "x/y", "body", 404),
        ("POST", "/ok", "x/y", "body", 405),
        ("POST", "/number", "text/plain", "1", 415),
        ("POST", "/number", "application/json", "{", 400),
        ("POST", "/number", "application/json", "300", 422),
    ] {
        let answer = client.send_with(method, target, content_type, body).await;
        problem(&answer, status, target);
        assert_eq!(
            client.send("GET", "/ok").await.text(),
            "ok",
            "after {status}"
        );
    }
}
