//! What hyper decides about HTTP/1.1, pinned: there is no second parser in front of it.

use tests::Client;
use tokio::io::AsyncReadExt;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{connected, says};

fn echo() -> SocketType {
    ServerMechanism::post("/echo").onconnect(|body: String| async { body })
}

/// Sends `bytes` and tells the status lines of all that comes until the connection is closed.
async fn refused(bytes: &[u8]) -> Vec<String> {
    let (_bg, mut client) = connected([says("/", "here"), echo()]).await;
    client.write(bytes).await;
    let read = String::from_utf8(client.closed().await).unwrap();
    let lines = read.lines().filter(|line| line.starts_with("HTTP/1.1 "));
    lines.map(|line| line[9..12].to_owned()).collect()
}

#[tokio::test]
async fn what_is_no_head_is_400_with_nothing_else_and_a_close() {
    for (head, why) in [
        (
            "GET / HTTP/1.1\r\nhost: x\r\nfolded: a\r\n b\r\n\r\n",
            "obs-fold, RFC 9112 section 5.2",
        ),
        (
            "GET / HTTP/1.1\r\nhost: x\r\nspace : a\r\n\r\n",
            "RFC 9112 section 5.1",
        ),
        (
            "GET / HTTP/1.1\r\nhost: x\r\nnul: a\0b\r\n\r\n",
            "NUL, RFC 9110 section 5.5",
        ),
        (
            "GET / HTTP/1.1\r\nhost: x\r\nbell: a\x07b\r\n\r\n",
            "a control character",
        ),
        (
            "GET / HTTP/1.1\r\nhost: x\r\ncr: a\rb\r\n\r\n",
            "bare CR, RFC 9112 section 2.2",
        ),
        (
            "GET /a\tb HTTP/1.1\r\nhost: x\r\n\r\n",
            "a control character in the target",
        ),
        (
            "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n",
            "a space in the target",
        ),
        ("GET / HTTP/2.0\r\nhost: x\r\n\r\n", "another version"),
        ("G@T / HTTP/1.1\r\nhost: x\r\n\r\n", "no method"),
        (
            "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            "RFC 9112 section 6.3",
        ),
        (
            "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: +1\r\n\r\na",
            "RFC 9110 section 8.6",
        ),
        (
            "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 0x1\r\n\r\na",
            "RFC 9110 section 8.6",
        ),
        (
            "POST /echo HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "RFC 9112 section 6.1",
        ),
    ] {
        let before = refused(head.as_bytes()).await;
        assert_eq!(before, ["400"], "{why}");
    }
}

#[tokio::test]
async fn a_line_may_end_with_a_bare_lf() {
    // RFC 9112 section 2.2 lets a recipient take it.
    let (_bg, mut client) = connected([says("/", "here")]).await;
    client.write("GET / HTTP/1.1\nhost: x\n\n").await;
    assert_eq!(client.answer().await.text(), "here");
}

#[tokio::test]
async fn empty_lines_before_a_request_are_skipped() {
    // RFC 9112 section 2.2.
    let (_bg, mut client) = connected([says("/", "here")]).await;
    client
        .write("\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.text(), "here");
}

#[tokio::test]
async fn with_both_framings_chunked_counts_and_the_connection_ends() {
    // RFC 9112 section 6.3, item 3.
    for fields in [
        "content-length: 40\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 40\r\n",
    ] {
        let (_bg, mut client) = connected([echo(), says("/smuggled", "no")]).await;
        client
            .write(format!(
                "POST /echo HTTP/1.1\r\nhost: x\r\n{fields}\r\n2\r\nok\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n"
            ))
            .await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.text().as_str(), answer.header("connection")),
            ("ok", Some("close"))
        );
        assert!(client.closed().await.is_empty());
    }
}

#[tokio::test]
async fn a_broken_chunk_is_400_and_a_close() {
    for chunks in [
        "x\r\nok\r\n0\r\n\r\n",
        "2\r\nokay\r\n0\r\n\r\n",
        "-1\r\n\r\n",
        "fffffffffffffffff\r\n",
        "2;a\nb\r\nok\r\n0\r\n\r\n",
    ] {
        let head = "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
        let statuses = refused(format!("{head}{chunks}").as_bytes()).await;
        assert_eq!(statuses, ["400"], "{chunks:?}");
    }
}

#[tokio::test]
async fn more_than_a_hundred_fields_and_more_than_64_kib_are_431() {
    let fields = |count: usize| "a: b\r\n".repeat(count);
    let head = |fields: &str| format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n");
    let (_bg, mut client) = connected([says("/", "here")]).await;
    client.write(head(&fields(99))).await;
    assert_eq!(client.answer().await.text(), "here");
    assert_eq!(refused(head(&fields(100)).as_bytes()).await, ["431"]);
    let long = format!("long: {}\r\n", "x".repeat(70 << 10));
    assert_eq!(refused(head(&long).as_bytes()).await, ["431"]);
}

#[tokio::test]
async fn http_1_0_is_kept_alive_on_request_only() {
    let (bg, mut client) = connected([says("/", "here")]).await;
    let kept = "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n";
    for _ in 0..2 {
        client.write(kept).await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.text().as_str(), answer.header("connection")),
            ("here", Some("keep-alive"))
        );
    }
    let mut client = Client::connect(bg.addr()).await;
    client.write("GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "here");
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_bodies_included() {
    let (_bg, mut client) = connected([says("/", "here"), echo()]).await;
    let pair = |number: usize| {
        let body = format!("body {number}");
        let length = body.len();
        format!(
            "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}GET / HTTP/1.1\r\nhost: x\r\n\r\n"
        )
    };
    client.write((0..20).map(pair).collect::<String>()).await;
    for number in 0..20 {
        assert_eq!(client.answer().await.text(), format!("body {number}"));
        assert_eq!(client.answer().await.text(), "here");
    }
}

#[tokio::test]
async fn a_body_is_asked_for_only_if_it_is_wanted() {
    // RFC 9110 section 10.1.1. That it is not where the length is refused: `extract_limit`.
    let refuse = ServerMechanism::post("/refuse").onconnect(|| async { StatusCode::FORBIDDEN });
    let (bg, mut client) = connected([refuse, echo()]).await;
    let head = |path: &str, version: &str| {
        format!(
            "POST {path} HTTP/{version}\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-continue\r\nconnection: keep-alive\r\n\r\n"
        )
    };
    client.write(head("/echo", "1.1")).await;
    assert_eq!(client.answer().await.status, 100);
    client.write("ok").await;
    assert_eq!(client.answer().await.text(), "ok");
    client.write(head("/refuse", "1.1")).await;
    assert_eq!(client.answer().await.status, 403);
    assert!(
        client.closed().await.is_empty(),
        "the body would be taken for a request"
    );
    // HTTP/1.0 does not know it.
    let mut client = Client::connect(bg.addr()).await;
    client.write(head("/echo", "1.0")).await;
    client.write("ok").await;
    assert_eq!(client.answer().await.text(), "ok");
}

#[tokio::test]
async fn a_body_that_ends_early_is_not_taken_for_whole() {
    let (_bg, mut client) = connected([echo()]).await;
    client
        .write("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhello")
        .await;
    let mut stream = client.into_stream();
    tokio::io::AsyncWriteExt::shutdown(&mut stream)
        .await
        .unwrap();
    let mut read = String::new();
    stream.read_to_string(&mut read).await.unwrap();
    assert!(!read.starts_with("HTTP/1.1 200"), "{read}");
}
