//! JSON from the body.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[derive(Deserialize, Serialize, PartialEq, Debug)]
pub(crate) struct Order {
    pub(crate) customer: String,
    items: Vec<Item>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize, Serialize, PartialEq, Debug)]
pub(crate) struct Item {
    name: String,
    price: f64,
    sizes: Vec<u8>,
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const GOOD: &str =
    r#"{"customer":"Ada","items":[{"name":"tea","price":2.5,"sizes":[1,2]}]}"#;

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
    client
        .write(b"POST /orders HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"customer\":\"\xFF\"}")
        .await;
    problem(&client.answer().await, 400, "/orders");
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

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only read")]
enum Shape {
    Point,
    Circle { radius: u8 },
    Line(Vec<u8>),
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Drawing {
    shapes: HashMap<String, Shape>,
}

#[tokio::test]
async fn a_variant_is_a_place_where_the_text_has_it() {
    let route =
        ServerMechanism::post("/draw").onconnect(|Json(_): Json<Drawing>| async { "drawn" });
    let (_bg, mut client) = connected([route]).await;
    for (shape, pointer) in [
        (r#"{"Circle":{"radius":"x"}}"#, "/shapes/a~1b/Circle/radius"),
        (r#"{"Line":[1,2,"x"]}"#, "/shapes/a~1b/Line/2"),
        (r#"{"Circle":{}}"#, "/shapes/a~1b/Circle"),
        (r#""Circle""#, "/shapes/a~1b"),
        (r#""Square""#, "/shapes/a~1b"),
        ("7", "/shapes/a~1b"),
    ] {
        let body = format!(r#"{{"shapes":{{"fine":"Point","a/b":{shape}}}}}"#);
        let answer = client.send_with("POST", "/draw", JSON, &body).await;
        let document = problem(&answer, 422, "/draw");
        assert_eq!(
            document["errors"][0]["pointer"], pointer,
            "{shape}: {document}"
        );
    }
}
