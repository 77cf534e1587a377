//! Header fields as types, and the name of a request.

use std::time::Duration;

use tests::Client;
use toolkit_zero::extract::headers::authorization::Bearer;
use toolkit_zero::extract::headers::{Authorization, CacheControl, ContentLength, ETag};
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[get("/me")]
async fn me(Header(token): Header<Authorization<Bearer>>) -> String {
    token.token().to_owned()
}

#[get("/perhaps")]
async fn perhaps(length: Option<Header<ContentLength>>) -> String {
    length.map_or("none".to_owned(), |length| length.0.0.to_string())
}

#[get("/page")]
async fn page() -> (Header<ETag>, &'static str) {
    (Header("\"v1\"".parse().unwrap()), "page")
}

#[get("/made")]
async fn made() -> (StatusCode, Header<CacheControl>, &'static str) {
    let cache = CacheControl::new().with_max_age(Duration::from_mins(1));
    (StatusCode::CREATED, Header(cache), "made")
}

async fn get_with(client: &mut Client, path: &str, fields: &str) -> tests::Answer {
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n{fields}\r\n");
    client.write(request).await;
    client.answer().await
}

#[tokio::test]
async fn a_header_field_is_read_as_its_type() {
    let (_bg, mut client) = connected([route!(me), route!(perhaps)]).await;
    let answer = get_with(&mut client, "/me", "authorization: Bearer t0ken\r\n").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "t0ken"));
    assert_eq!(client.send("GET", "/perhaps").await.text(), "none");
    let answer = get_with(&mut client, "/perhaps", "content-length: 0\r\n").await;
    assert_eq!(answer.text(), "0");
}

#[tokio::test]
async fn a_missing_or_malformed_field_is_400_with_its_name() {
    let (_bg, mut client) = connected([route!(me)]).await;
    for (fields, detail) in [
        ("", "it is missing"),
        ("authorization: Basic eDp5\r\n", "invalid"),
    ] {
        let answer = get_with(&mut client, "/me", fields).await;
        let document = problem(&answer, 400, "/me");
        assert_eq!(document["errors"][0]["parameter"], "authorization");
        let found = document["errors"][0]["detail"].as_str().unwrap();
        assert!(found.contains(detail), "{found}");
    }
}

#[tokio::test]
async fn a_reply_sets_fields_by_their_types() {
    let (_bg, mut client) = connected([route!(page), route!(made)]).await;
    let answer = client.send("GET", "/page").await;
    assert_eq!(answer.header("etag"), Some("\"v1\""));
    let answer = client.send("GET", "/made").await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("cache-control"), Some("max-age=60"));
}

#[tokio::test]
async fn a_request_has_one_name() {
    let route =
        ServerMechanism::get("/").onconnect(|one: RequestId, other: RequestId| async move {
            assert_eq!(one, other);
            one.to_string()
        });
    let (_bg, mut client) = connected([route]).await;
    let first = client.send("GET", "/").await.text();
    let second = client.send("GET", "/").await.text();
    assert!(
        first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{first}"
    );
    assert_ne!(first, second);
    let answer = get_with(&mut client, "/", "x-request-id: a-1:b\r\n").await;
    assert_eq!(answer.text(), "a-1:b");
    for bad in [
        "x y".to_owned(),
        "x\t\"".to_owned(),
        "x".repeat(129),
        String::new(),
    ] {
        let answer = get_with(&mut client, "/", &format!("x-request-id: {bad}\r\n")).await;
        assert_eq!(answer.text().len(), 32, "{bad}");
    }
}
