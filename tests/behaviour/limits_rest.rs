//! Requests that are answered before all of their body has come: the connection goes on, or the answer says that it
//! does not (RFC 9112 section 9.3).

use std::time::Duration;

use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{OnDisconnect, SocketType};
use toolkit_zero::server::Limits;

use crate::support::{FREE, connected, says};

fn routes() -> [SocketType; 4] {
    let json = || ServerMechanism::post("/json").onconnect(|_: Json<Vec<u8>>| async { "read" });
    let part = ServerMechanism::post("/part").onconnect(|mut body: Body| async move {
        String::from_utf8(body.chunk().await.unwrap().unwrap().to_vec()).unwrap()
    });
    let apart = ServerMechanism::post("/apart")
        .onconnect(|| async { "apart" })
        .on_disconnect(OnDisconnect::Finish);
    [json(), part, apart, says("/next", "next")]
}

fn post(path: &str, length: usize, fields: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{fields}\r\n")
}

/// Whether `answer` tells the client that the connection ends.
fn closes(answer: &tests::Answer) -> bool {
    answer.header("connection") == Some("close")
}

#[tokio::test]
async fn the_rest_of_a_small_body_is_read_and_the_connection_goes_on() {
    let (_bg, mut client) = connected(routes()).await;
    for (path, status) in [
        ("/json", 415),
        ("/apart", 200),
        ("/nowhere", 404),
        ("/next", 405),
    ] {
        for length in [5, 4096] {
            client.write(post(path, length, "")).await;
            let answer = client.answer().await;
            assert_eq!(answer.status, status, "{path}");
            assert!(!closes(&answer), "{path}");
            // Each piece after the answer, and the next request right behind the last of them.
            for _ in 0..length - 1 {
                client.write("x").await;
            }
            client.write("xGET /next HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert_eq!(client.answer().await.text(), "next", "{path}");
        }
    }
}

#[tokio::test]
async fn the_rest_of_a_body_that_was_read_in_part_is_read_too() {
    let (_bg, mut client) = connected(routes()).await;
    client.write(post("/part", 10, "")).await;
    client.write("hello").await;
    assert_eq!(client.answer().await.text(), "hello");
    client.write("world").await;
    assert_eq!(client.send("GET", "/next").await.text(), "next");
}

#[tokio::test]
async fn a_rest_that_is_not_awaited_is_told_with_the_answer() {
    let (bg, _) = connected(routes()).await;
    let old =
        "POST /json HTTP/1.0\r\nhost: x\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\n";
    for head in [
        post("/json", 4097, ""),
        post("/json", 5, "expect: 100-continue\r\n"),
        post("/json", 5, "connection: close\r\n"),
        old.to_owned(),
        "POST /json HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
    ] {
        let mut client = Client::connect(bg.addr()).await;
        client.write(&head).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 415);
        assert!(closes(&answer), "{head} {answer:?}");
        assert!(client.closed().await.is_empty(), "{head}");
    }
}

#[tokio::test]
async fn a_rest_that_does_not_come_ends_the_connection() {
    let mut server = Server::of(routes());
    let short = Duration::from_millis(80);
    server.limits(
        Limits::default()
            .stall(short)
            .rate(0)
            .linger(Duration::ZERO),
    );
    let bg = server.serve_managed(FREE);
    for (path, status) in [("/json", 415), ("/apart", 200)] {
        let mut client = Client::connect(bg.addr()).await;
        client.write(post(path, 10, "")).await;
        assert_eq!(client.answer().await.status, status);
        client.write("hello").await;
        // In order, and without a word: it has its answer.
        assert!(client.closed().await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_rest_that_is_broken_ends_the_connection_and_no_other() {
    let (bg, mut client) = connected(routes()).await;
    client.write(post("/json", 10, "")).await;
    assert_eq!(client.answer().await.status, 415);
    let mut stream = client.into_stream();
    tokio::io::AsyncWriteExt::shutdown(&mut stream)
        .await
        .unwrap();
    let mut rest = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest)
        .await
        .unwrap();
    assert_eq!(rest, b"");
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/next").await.text(), "next");
}

#[tokio::test]
async fn a_rest_holds_up_no_drain() {
    let mut server = Server::of(routes());
    server.limits(Limits::default().linger(Duration::from_millis(40)));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    client.write(post("/json", 10, "")).await;
    assert_eq!(client.answer().await.status, 415);
    let report = bg.stop().await;
    assert_eq!(report.aborted(), 0);
    assert!(client.closed().await.is_empty());
}
