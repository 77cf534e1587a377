//! Values from the body: bytes, text, pieces, and the request as a whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use toolkit_zero::prelude::*;

use crate::extract_json::{GOOD, JSON, Order};
use crate::support::{connected, problem};

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused_and_bytes_are_not() {
    let (_bg, mut client) = connected([
        ServerMechanism::post("/text").onconnect(|text: String| async move { text }),
        ServerMechanism::post("/bytes").onconnect(|bytes: Bytes| async move { bytes }),
    ])
    .await;
    let ok = client
        .send_with("POST", "/text", "text/plain", "\u{e9}")
        .await;
    assert_eq!(ok.text(), "\u{e9}");
    for target in ["/text", "/bytes"] {
        let head = format!("POST {target} HTTP/1.1\r\nhost: test\r\ncontent-length: 3\r\n\r\n");
        client.write([head.as_bytes(), b"a\xFFb"].concat()).await;
        let answer = client.answer().await;
        if target == "/text" {
            let document = problem(&answer, 400, "/text");
            assert!(document["detail"].as_str().unwrap().contains("UTF-8"));
        } else {
            assert_eq!(answer.body, b"a\xFFb");
        }
    }
}

#[tokio::test]
async fn the_argument_that_takes_the_body_may_stand_anywhere() {
    let (_bg, mut client) = connected([
        ServerMechanism::post("/first/{x}").onconnect(
            |text: String, Path(x): Path<String>, method: Method| async move {
                format!("{text} {x} {method}")
            },
        ),
        ServerMechanism::post("/middle/{x}").onconnect(
            |Path(x): Path<String>, text: String, method: Method| async move {
                format!("{text} {x} {method}")
            },
        ),
        ServerMechanism::post("/whole/{x}").onconnect(
            |mut request: Request, Path(x): Path<String>, method: Method| async move {
                let text = request
                    .take_body()
                    .chunk()
                    .await
                    .unwrap()
                    .unwrap_or_default();
                format!("{} {x} {method}", String::from_utf8_lossy(&text))
            },
        ),
    ])
    .await;
    for target in ["/first/x", "/middle/x", "/whole/x"] {
        let answer = client.send_with("POST", target, "text/plain", "body").await;
        assert_eq!(answer.text(), "body x POST", "{target}");
    }
}

#[tokio::test]
async fn a_refused_head_is_told_before_the_body_is_asked_for() {
    let route = ServerMechanism::post("/orders/{id}").onconnect(
        |Json(order): Json<Order>, Path(id): Path<u64>| async move {
            format!("{} {id}", order.customer)
        },
    );
    let (_bg, mut client) = connected([route]).await;
    let answer = client
        .send_with("POST", "/orders/x", JSON, "not json at all")
        .await;
    let document = problem(&answer, 400, "/orders/x");
    assert_eq!(document["errors"][0]["parameter"], "id");
    assert_eq!(
        client
            .send_with("POST", "/orders/7", JSON, GOOD)
            .await
            .text(),
        "Ada 7"
    );
}

#[tokio::test]
async fn a_body_that_waits_to_be_asked_for_and_is_not_is_the_last_of_its_connection() {
    let route = ServerMechanism::post("/orders")
        .onconnect(|Json(order): Json<Order>| async { order.customer });
    let (_bg, mut client) = connected([route]).await;
    client
        .write("POST /orders HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: x/y\r\ncontent-length: 2\r\n\r\n")
        .await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (415, Some("close"))
    );
    assert_eq!(client.closed().await, b"");
}

#[tokio::test]
async fn a_streamed_body_arrives_piece_by_piece() {
    let seen = Arc::new(AtomicU64::new(0));
    let (noticed, mut pieces) = tokio::sync::mpsc::unbounded_channel();
    let counter = Arc::clone(&seen);
    let route = ServerMechanism::post("/upload").onconnect(move |mut body: Body| {
        let (seen, noticed) = (Arc::clone(&counter), noticed.clone());
        async move {
            while let Some(chunk) = body.chunk().await.unwrap() {
                seen.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                noticed.send(chunk).unwrap();
            }
            seen.load(Ordering::Relaxed).to_string()
        }
    });
    let (_bg, mut client) = connected([route]).await;
    client
        .write("POST /upload HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    // Each piece is seen by the handler before the next is sent.
    for piece in ["first", "second", "third"] {
        client
            .write(format!("{:x}\r\n{piece}\r\n", piece.len()))
            .await;
        assert_eq!(pieces.recv().await.unwrap(), piece);
    }
    client.write("0\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "16");
    assert_eq!(
        client
            .send_with("POST", "/upload", "x/y", "ab")
            .await
            .text(),
        "18"
    );
}

#[tokio::test]
async fn a_large_body_that_nobody_reads_does_not_cost_the_answer() {
    let (_bg, mut client) = connected([]).await;
    let length = 4 << 20;
    let head = format!("POST /nothing HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\n");
    client
        .write([head.into_bytes(), vec![b'x'; length]].concat())
        .await;
    let answer = client.answer().await;
    problem(&answer, 404, "/nothing");
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_body_that_breaks_off_never_reaches_the_handler() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let refusals = tell.clone();
    let (bg, mut client) = connected([
        ServerMechanism::post("/whole").onconnect(move |bytes: Result<Bytes, Problem>| {
            refusals.send(bytes.is_ok()).unwrap();
            async {}
        }),
        ServerMechanism::get("/ok").onconnect(|| async { "ok" }),
    ])
    .await;
    client
        .write("POST /whole HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n")
        .await;
    assert_eq!(told.recv().await, Some(false));
    let mut other = tests::Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/ok").await.text(), "ok");
}
