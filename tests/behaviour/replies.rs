//! What a handler returns, and what is sent for it.

use std::borrow::Cow;
use std::collections::HashMap;

use http_body_util::Full;
use serde::Serialize;
use tests::Answer;
use toolkit_zero::prelude::*;
use toolkit_zero::reply::Status;

use crate::support::{Log, connected, problem};

pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

#[derive(Serialize)]
pub(crate) struct Pong {
    pub(crate) ok: bool,
}

/// What a route with this handler answers.
macro_rules! answer_of {
    ($handler:expr) => {{
        let (_bg, mut client) =
            connected([ServerMechanism::get("/reply").onconnect($handler)]).await;
        let answer = client.send("GET", "/reply").await;
        // Whatever was sent, it was sent whole.
        assert_eq!(client.send("GET", "/reply").await.status, answer.status);
        answer
    }};
}

pub(crate) use answer_of;

#[track_caller]
pub(crate) fn is(answer: &Answer, status: u16, content_type: Option<&str>, body: &str) {
    assert_eq!(
        (
            answer.status,
            answer.header("content-type"),
            answer.text().as_str()
        ),
        (status, content_type, body)
    );
}

#[tokio::test]
async fn text_and_bytes_are_sent_with_their_content_type() {
    is(&answer_of!(|| async {}), 200, None, "");
    is(&answer_of!(|| async { "text" }), 200, Some(TEXT), "text");
    is(
        &answer_of!(|| async { String::from("text") }),
        200,
        Some(TEXT),
        "text",
    );
    is(
        &answer_of!(|| async { Cow::Borrowed("text") }),
        200,
        Some(TEXT),
        "text",
    );
    is(
        &answer_of!(|| async { Cow::<str>::Owned("text".into()) }),
        200,
        Some(TEXT),
        "text",
    );
    is(
        &answer_of!(|| async { Bytes::from("bytes") }),
        200,
        Some(BYTES),
        "bytes",
    );
    is(
        &answer_of!(|| async { b"bytes".to_vec() }),
        200,
        Some(BYTES),
        "bytes",
    );
    is(
        &answer_of!(|| async { &b"bytes"[..] }),
        200,
        Some(BYTES),
        "bytes",
    );
    is(
        &answer_of!(|| async { Body::from("bytes") }),
        200,
        Some(BYTES),
        "bytes",
    );
    is(
        &answer_of!(|| async { Box::new("text") }),
        200,
        Some(TEXT),
        "text",
    );
    is(
        &answer_of!(|| async { Html("<p>") }),
        200,
        Some("text/html; charset=utf-8"),
        "<p>",
    );
    is(
        &answer_of!(|| async { Json(Pong { ok: true }) }),
        200,
        Some("application/json"),
        r#"{"ok":true}"#,
    );
}

#[tokio::test]
async fn statuses_are_sent_without_content() {
    is(&answer_of!(|| async { NoContent }), 204, None, "");
    is(
        &answer_of!(|| async { StatusCode::ACCEPTED }),
        202,
        None,
        "",
    );
    is(&answer_of!(|| async { Status::ImATeapot }), 418, None, "");
}

#[tokio::test]
async fn results_and_options_send_what_they_hold() {
    is(
        &answer_of!(|| async { Ok::<_, Problem>("ok") }),
        200,
        Some(TEXT),
        "ok",
    );
    is(
        &answer_of!(|| async { Err::<(), _>("no") }),
        200,
        Some(TEXT),
        "no",
    );
    let refused = answer_of!(|| async { Err::<&str, _>(Problem::conflict().detail("taken")) });
    assert_eq!(problem(&refused, 409, "/reply")["detail"], "taken");
    is(
        &answer_of!(|| async { Some("some") }),
        200,
        Some(TEXT),
        "some",
    );
    problem(&answer_of!(|| async { None::<&str> }), 404, "/reply");
}

#[tokio::test]
async fn tuples_set_the_status_and_the_fields_of_the_last_element() {
    let answer = answer_of!(|| async { (StatusCode::CREATED, "made") });
    is(&answer, 201, Some(TEXT), "made");
    is(
        &answer_of!(|| async { (Status::Created, "made") }),
        201,
        Some(TEXT),
        "made",
    );
    is(
        &answer_of!(|| async { (201, "made") }),
        201,
        Some(TEXT),
        "made",
    );
    let answer =
        answer_of!(|| async { (202, [("x-a", "1"), ("content-type", "text/csv")], "a,b") });
    is(&answer, 202, Some("text/csv"), "a,b");
    assert_eq!(answer.header("x-a"), Some("1"));
    let answer = answer_of!(|| async {
        let mut headers = HeaderMap::new();
        headers.append("x-a", "1".parse().unwrap());
        headers.append("x-a", "2".parse().unwrap());
        (headers, Json(1))
    });
    is(&answer, 200, Some("application/json"), "1");
    let values: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "x-a")
        .collect();
    assert_eq!(values.len(), 2);
    is(&answer_of!(|| async { (204, "dropped") }), 204, None, "");
}

#[tokio::test]
async fn a_response_of_http_is_sent_as_it_is_whatever_its_body() {
    let answer = answer_of!(|| async {
        http::Response::builder()
            .status(203)
            .header("x-own", "yes")
            .body(Full::new(Bytes::from("own")))
            .unwrap()
    });
    is(&answer, 203, None, "own");
    assert_eq!(answer.header("x-own"), Some("yes"));
    assert_eq!(answer.header("content-length"), Some("3"));
    is(
        &answer_of!(|| async { "text".into_response() }),
        200,
        Some(TEXT),
        "text",
    );
}

#[tokio::test]
async fn redirects_carry_a_location_that_adds_no_field() {
    for (redirect, status) in [
        (Redirect::to("/a b"), 303),
        (Redirect::temporary("/a b"), 307),
        (Redirect::permanent("/a b"), 308),
    ] {
        let answer = answer_of!(move || {
            let redirect = redirect.clone();
            async move { redirect }
        });
        assert_eq!(
            (answer.status, answer.header("location")),
            (status, Some("/a%20b"))
        );
    }
    let answer = answer_of!(|| async { Redirect::to("/\r\nset-cookie: x=1") });
    assert_eq!(answer.header("set-cookie"), None);
    assert!(answer.header("location").is_some());
}

#[tokio::test]
async fn what_cannot_be_serialised_or_carried_is_a_logged_500() {
    let (log, _guard) = Log::listen();
    let answer = answer_of!(|| async { Json(HashMap::from([((1, 2), "secret")])) });
    let document = problem(&answer, 500, "/reply");
    assert_eq!(document.get("detail"), None);
    assert!(
        log.errors()
            .last()
            .unwrap()
            .contains("key must be a string")
    );
    let answer = answer_of!(|| async { ([("x-a", "two\r\nlines")], "body") });
    problem(&answer, 500, "/reply");
    assert!(
        log.errors().last().unwrap().contains("header value"),
        "{:?}",
        log.errors()
    );
}

#[tokio::test]
async fn header_fields_alone_are_an_answer() {
    let created = ServerMechanism::post("/a")
        .onconnect(|| async { (StatusCode::CREATED, [("location", "/a/7".to_owned())]) });
    let map = ServerMechanism::get("/a").onconnect(|| async {
        let mut fields = HeaderMap::new();
        fields.append("x-a", "1".parse().unwrap());
        fields.append("x-a", "2".parse().unwrap());
        fields
    });
    let (_bg, mut client) = connected([created, map]).await;
    let answer = client.send("POST", "/a").await;
    assert_eq!(
        (answer.status, answer.header("location"), answer.body.len()),
        (201, Some("/a/7"), 0)
    );
    let answer = client.send("GET", "/a").await;
    let fields = answer.headers.iter().filter(|(name, _)| name == "x-a");
    assert_eq!((answer.status, fields.count()), (200, 2));
}
