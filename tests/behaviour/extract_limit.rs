//! The largest body that is read into memory.

use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::Limits;

use crate::support::{FREE, connected, problem};

fn length(pattern: &str) -> SocketType {
    ServerMechanism::post(pattern).onconnect(|bytes: Bytes| async move { bytes.len().to_string() })
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_taken_and_one_byte_more_is_413() {
    let (_bg, mut client) = connected([length("/small").body_limit(8)]).await;
    assert_eq!(
        client
            .send_with("POST", "/small", "x/y", "12345678")
            .await
            .text(),
        "8"
    );
    let answer = client.send_with("POST", "/small", "x/y", "123456789").await;
    let document = problem(&answer, 413, "/small");
    assert!(document["detail"].as_str().unwrap().contains('8'));
    // So little was left unread that the connection goes on.
    assert_eq!(answer.header("connection"), None);
    assert_eq!(
        client.send_with("POST", "/small", "x/y", "1").await.text(),
        "1"
    );
}

#[tokio::test]
async fn a_length_past_the_limit_is_refused_before_a_byte_of_the_body_is_sent() {
    let (_bg, mut client) = connected([length("/up")]).await;
    client
        .write("POST /up HTTP/1.1\r\nhost: test\r\ncontent-length: 2097153\r\nexpect: 100-continue\r\n\r\n")
        .await;
    let answer = client.answer().await;
    problem(&answer, 413, "/up");
    // The rest would be taken for the next request, so the connection cannot go on.
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_wanted_is_asked_for() {
    let (_bg, mut client) = connected([length("/up")]).await;
    client
        .write(
            "POST /up HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n",
        )
        .await;
    assert_eq!(client.answer().await.status, 100);
    client.write("hello").await;
    assert_eq!(client.answer().await.text(), "5");
}

#[tokio::test]
async fn a_chunked_body_is_refused_once_it_is_past_the_limit() {
    let (_bg, mut client) = connected([length("/small").body_limit(8)]).await;
    client
        .write("POST /small HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n8\r\n12345678\r\n1\r\n9\r\n")
        .await;
    // The body has no end yet.
    problem(&client.answer().await, 413, "/small");
}

#[tokio::test]
async fn a_chunked_body_within_the_limit_is_put_together() {
    let (_bg, mut client) = connected([length("/small").body_limit(8)]).await;
    let head = "POST /small HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n";
    client
        .write(format!("{head}3\r\n123\r\n5\r\n45678\r\n0\r\n\r\n"))
        .await;
    assert_eq!(client.answer().await.text(), "8");
    client.write(format!("{head}0\r\n\r\n")).await;
    assert_eq!(client.answer().await.text(), "0");
}

#[tokio::test]
async fn the_limit_of_a_route_goes_before_that_of_the_server() {
    let mut server = Server::of([length("/server"), length("/route").body_limit(100)]);
    server.limits(Limits::default().body(4));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(
        client
            .send_with("POST", "/server", "x/y", "12345")
            .await
            .status,
        413
    );
    assert_eq!(
        client
            .send_with("POST", "/route", "x/y", "12345")
            .await
            .text(),
        "5"
    );
    assert_eq!(
        client
            .send_with("POST", "/server", "x/y", "1234")
            .await
            .text(),
        "4"
    );
}

#[tokio::test]
async fn the_limit_holds_for_every_value_made_of_the_whole_body_and_for_no_stream() {
    let (_bg, mut client) = connected([
        ServerMechanism::post("/json")
            .onconnect(|Json(_): Json<serde_json::Value>| async {})
            .body_limit(4),
        ServerMechanism::post("/form")
            .onconnect(|Form(_): Form<Vec<(String, String)>>| async {})
            .body_limit(4),
        ServerMechanism::post("/text")
            .onconnect(|_: String| async {})
            .body_limit(4),
        ServerMechanism::post("/maybe")
            .onconnect(|_: Option<Bytes>| async {})
            .body_limit(4),
        ServerMechanism::post("/stream")
            .onconnect(|mut body: Body| async move {
                let mut length = 0;
                while let Some(chunk) = body.chunk().await.unwrap() {
                    length += chunk.len();
                }
                length.to_string()
            })
            .body_limit(4),
    ])
    .await;
    for (target, content_type, body) in [
        ("/json", "application/json", "\"12345\""),
        ("/form", "application/x-www-form-urlencoded", "a=12345"),
        ("/text", "text/plain", "12345"),
        ("/maybe", "text/plain", "12345"),
    ] {
        let answer = client.send_with("POST", target, content_type, body).await;
        problem(&answer, 413, target);
    }
    assert_eq!(
        client
            .send_with("POST", "/stream", "x/y", "1234567")
            .await
            .text(),
        "7"
    );
}
