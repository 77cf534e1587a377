//! Values from the body: JSON, bytes, text, pieces, and the request as a whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[derive(Deserialize, Serialize, PartialEq, Debug)]
struct Order {
    customer: String,
    items: Vec<Item>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize, Serialize, PartialEq, Debug)]
struct Item {
    name: String,
    price: f64,
    sizes: Vec<u8>,
}

const JSON: &str = "application/json";
const GOOD: &str = r#"{"customer":"Ada","items":[{"name":"tea","price":2.5,"sizes":[1,2]}]}"#;

fn echo() -> toolkit_zero::routing::SocketType {
    ServerMechanism::post("/orders")
        .onconnect(|Json(order): Json<Order>| async move { Json(order) })
}

#[tokio::test]
async fn json_of_the_right_shape_arrives_whatever_the_json_type_is_called() {
    let (_bg, mut client) = connected([echo()]).await;
    for content_type in [
        JSON,
        "Application/JSON; charset=utf-8",
        "application/hal+json",
    ] {
        let answer = client
            .send_with("POST", "/orders", content_type, GOOD)
            .await;
        assert_eq!(answer.status, 200, "{content_type}: {}", answer.text());
        assert_eq!(
            answer.json()["items"][0]["sizes"],
            serde_json::json!([1, 2])
        );
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_is_415() {
    let (_bg, mut client) = connected([echo()]).await;
    for content_type in [
        "text/plain",
        "application/jsonp",
        "application/x-www-form-urlencoded",
    ] {
        let answer = client
            .send_with("POST", "/orders", content_type, GOOD)
            .await;
        let document = problem(&answer, 415, "/orders");
        assert!(document["detail"].as_str().unwrap().contains(content_type));
        assert_eq!(answer.header("accept"), Some(JSON));
    }
    problem(&client.send("POST", "/orders").await, 415, "/orders");
    assert_eq!(
        client.send_with("POST", "/orders", JSON, GOOD).await.status,
        200
    );
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400_and_the_connection_goes_on() {
    let (_bg, mut client) = connected([echo()]).await;
    for body in [
        "",
        "{",
        "{\"customer\":}",
        "{\"customer\": \"\u{1}\"}",
        "nonsense",
        "{} {}",
        "[1",
        "{\"customer\": 7",
    ] {
        let answer = client.send_with("POST", "/orders", JSON, body).await;
        problem(&answer, 400, "/orders");
    }
    let trailing = format!("{GOOD} x");
    let answer = client.send_with("POST", "/orders", JSON, &trailing).await;
    problem(&answer, 400, "/orders");
    assert_eq!(
        client.send_with("POST", "/orders", JSON, GOOD).await.status,
        200
    );
}

#[tokio::test]
async fn json_of_another_shape_is_422_with_the_pointer_of_the_place() {
    let (_bg, mut client) = connected([echo()]).await;
    for (body, pointer) in [
        (r#"{"customer":7,"items":[]}"#, "/customer"),
        (r#"{"customer":"Ada","items":{}}"#, "/items"),
        (
            r#"{"customer":"Ada","items":[{"name":"tea","price":"much","sizes":[]}]}"#,
            "/items/0/price",
        ),
        (
            r#"{"customer":"Ada","items":[{"name":"tea","price":1,"sizes":[]},{"name":"tea","price":1,"sizes":[1,300]}]}"#,
            "/items/1/sizes/1",
        ),
        (r#"{"customer":"Ada","items":[{"name":"tea"}]}"#, "/items/0"),
        (r#"{"items":[]}"#, ""),
        ("[]", ""),
        ("null", ""),
    ] {
        let answer = client.send_with("POST", "/orders", JSON, body).await;
        let document = problem(&answer, 422, "/orders");
        assert_eq!(
            document["errors"][0]["pointer"], pointer,
            "{body}: {document}"
        );
        assert!(!document["errors"][0]["detail"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_optional_body_is_none_only_without_a_body() {
    let (_bg, mut client) = connected([
        ServerMechanism::post("/orders").onconnect(|order: Option<Json<Order>>| async move {
            order.map_or("none".to_owned(), |order| order.0.customer)
        }),
        ServerMechanism::post("/bytes").onconnect(|bytes: Option<Bytes>| async move {
            bytes.map_or("none".to_owned(), |bytes| bytes.len().to_string())
        }),
    ])
    .await;
    assert_eq!(client.send("POST", "/orders").await.text(), "none");
    assert_eq!(
        client.send_with("POST", "/orders", JSON, GOOD).await.text(),
        "Ada"
    );
    let wrong = client.send_with("POST", "/orders", JSON, "[]").await;
    problem(&wrong, 422, "/orders");
    let untyped = client
        .send_with("POST", "/orders", "text/plain", GOOD)
        .await;
    problem(&untyped, 415, "/orders");
    assert_eq!(client.send("POST", "/bytes").await.text(), "none");
    assert_eq!(
        client
            .send_with("POST", "/bytes", "x/y", "abc")
            .await
            .text(),
        "3"
    );
}

#[tokio::test]
async fn a_refused_body_taken_as_a_value_is_the_handlers_business() {
    let route = ServerMechanism::post("/orders").onconnect(
        |order: Result<Json<Order>, Problem>| async move {
            order
                .map_or_else(|problem| problem.status().as_u16(), |_| 200)
                .to_string()
        },
    );
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(
        client.send_with("POST", "/orders", JSON, "{").await.text(),
        "400"
    );
    assert_eq!(
        client.send_with("POST", "/orders", JSON, "[]").await.text(),
        "422"
    );
    assert_eq!(
        client
            .send_with("POST", "/orders", "x/y", "[]")
            .await
            .text(),
        "415"
    );
    assert_eq!(
        client.send_with("POST", "/orders", JSON, GOOD).await.text(),
        "200"
    );
}

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
