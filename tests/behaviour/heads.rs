//! Heads that are odd, and heads that no handler sees.

use tests::Client;
use toolkit_zero::prelude::*;

use crate::support::{connected, says, serve};

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_order() {
    let (_bg, mut client) = connected([
        ServerMechanism::get("/{n}").onconnect(|Path(n): Path<String>| async move { n })
    ])
    .await;
    let requests: Vec<_> = (0..20)
        .map(|n| format!("GET /{n} HTTP/1.1\r\nhost: test\r\n\r\n"))
        .collect();
    client.write(requests.concat()).await;
    for n in 0..20 {
        assert_eq!(client.answer().await.text(), n.to_string());
    }
}

#[tokio::test]
async fn a_target_in_absolute_form_is_routed_by_its_path() {
    let route =
        ServerMechanism::get("/a").onconnect(|uri: Uri| async move { uri.path().to_owned() });
    let (_bg, mut client) = connected([route, says("/", "root")]).await;
    assert_eq!(client.send("GET", "http://test/a?x=1").await.text(), "/a");
    assert_eq!(client.send("GET", "http://test").await.text(), "root");
}

#[tokio::test]
async fn a_client_of_http_1_0_is_answered_and_the_connection_closed() {
    let (_bg, mut client) = connected([says("/a", "a")]).await;
    client.write("GET /a HTTP/1.0\r\nhost: test\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "a");
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_client_that_says_close_is_answered_and_the_connection_closed() {
    let (_bg, mut client) = connected([says("/a", "a")]).await;
    client
        .write("GET /a HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        .await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.text().as_str(), answer.header("connection")),
        ("a", Some("close"))
    );
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_head_that_is_no_http_is_answered_without_content_and_closed() {
    let bg = serve([says("/a", "a")]);
    let long = format!(
        "GET /a HTTP/1.1\r\nhost: test\r\nx-long: {}\r\n\r\n",
        "x".repeat(70_000)
    );
    let many: Vec<_> = (0..101).map(|n| format!("x-{n}: 1\r\n")).collect();
    let many = many.concat();
    let many = format!("GET /a HTTP/1.1\r\nhost: test\r\n{many}\r\n");
    for (head, status) in [
        ("nonsense\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nhost: test\r\n\r\n", 400),
        ("GET /a HTTP/1.1\r\nhost: test\r\nno colon\r\n\r\n", 400),
        ("GET /a HTTP/1.1\r\nhost : test\r\n\r\n", 400),
        (
            "POST /a HTTP/1.1\r\nhost: test\r\ncontent-length: x\r\n\r\n",
            400,
        ),
        (
            "POST /a HTTP/1.1\r\nhost: test\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            400,
        ),
        (long.as_str(), 431),
        (many.as_str(), 431),
    ] {
        let mut client = Client::connect(bg.addr()).await;
        client.write(head).await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status, answer.body.len()),
            (status, 0),
            "{head:.60}"
        );
        assert!(client.closed().await.is_empty(), "{head:.60}");
    }
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/a").await.text(), "a");
}

#[tokio::test]
async fn a_long_target_and_a_hundred_fields_are_taken() {
    let (_bg, mut client) = connected([ServerMechanism::get("/{x}")
        .onconnect(|headers: HeaderMap| async move { headers.len().to_string() })])
    .await;
    let fields: Vec<_> = (0..99).map(|n| format!("x-{n}: 1\r\n")).collect();
    let fields = fields.concat();
    let target = "x".repeat(8_000);
    client
        .write(format!(
            "GET /{target} HTTP/1.1\r\nhost: test\r\n{fields}\r\n"
        ))
        .await;
    assert_eq!(client.answer().await.text(), "100");
}
