//! JSON as RFC 8259 says, and what an attacker makes of it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[derive(Deserialize)]
struct Tree {
    #[serde(default)]
    children: Vec<Self>,
}

#[derive(Deserialize)]
struct Point {
    x: u8,
}

impl Tree {
    fn size(&self) -> usize {
        1 + self.children.iter().map(Self::size).sum::<usize>()
    }
}

#[post("/value")]
async fn value(Json(value): Json<Value>) -> String {
    value.to_string()
}

#[post("/tree")]
async fn tree(Json(tree): Json<Tree>) -> String {
    tree.size().to_string()
}

#[post("/point")]
async fn point(Json(point): Json<Point>) -> String {
    point.x.to_string()
}

#[post("/map")]
async fn map(Json(map): Json<HashMap<String, u8>>) -> String {
    format!("{map:?}")
}

const JSON: &str = "application/json";

#[tokio::test]
async fn json_of_any_depth_is_refused_before_the_stack_is() {
    let (_bg, mut client) = connected([route!(value), route!(tree)]).await;
    for (path, open, close, status) in [
        ("/value", "[", "]", 400),
        ("/value", "{\"a\":", "}", 400),
        ("/tree", "{\"children\":[", "]}", 400),
        ("/tree", "[", "]", 400),
        // It is JSON, but deeper than what is read. Nobody asks for this one, so it is passed over without a stack.
        ("/tree", "{\"other\":[", "]}", 200),
    ] {
        for depth in [10_000, 100_000] {
            let middle = if open.ends_with(':') { "1" } else { "" };
            let body = open.repeat(depth) + middle + &close.repeat(depth);
            let answer = client.send_with("POST", path, JSON, &body).await;
            assert_eq!(answer.status, status, "{path} {open}");
        }
    }
    let body = "{\"children\":[".repeat(40) + &"]}".repeat(40);
    assert_eq!(
        client.send_with("POST", "/tree", JSON, &body).await.text(),
        "40"
    );
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_over() {
    let (_bg, mut client) = connected([route!(value)]).await;
    let answer = client
        .send_with("POST", "/value", JSON, "\u{feff}{\"a\":1}")
        .await;
    assert_eq!(answer.text(), "{\"a\":1}");
    // One of them, at the beginning.
    for body in ["\u{feff}\u{feff}1", "1\u{feff}", "\u{feff}"] {
        let answer = client.send_with("POST", "/value", JSON, body).await;
        problem(&answer, 400, "/value");
    }
}

#[tokio::test]
async fn what_follows_the_value_is_400_and_a_charset_means_nothing() {
    let (_bg, mut client) = connected([route!(value)]).await;
    for body in ["1 2", "{} x", "{}{}", "{}\0", "[1],"] {
        problem(
            &client.send_with("POST", "/value", JSON, body).await,
            400,
            "/value",
        );
    }
    assert_eq!(
        client
            .send_with("POST", "/value", JSON, " \r\n\t1 \n")
            .await
            .text(),
        "1"
    );
    // RFC 8259 section 11: the type has no such parameter.
    for kind in [
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-16\"",
        "application/json ; x",
    ] {
        let answer = client.send_with("POST", "/value", kind, "\"\u{e9}\"").await;
        assert_eq!(answer.text(), "\"\u{e9}\"", "{kind}");
    }
    client
        .write(b"POST /value HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n\"\xff\xfe\"")
        .await;
    problem(&client.answer().await, 400, "/value");
}

#[tokio::test]
async fn numbers_that_do_not_fit_are_422_at_their_place() {
    let (_bg, mut client) = connected([route!(point)]).await;
    for number in ["256", "-1", "1.5", "18446744073709551616", "1e3"] {
        let body = format!("{{\"x\":{number}}}");
        let answer = client.send_with("POST", "/point", JSON, &body).await;
        let document = problem(&answer, 422, "/point");
        assert_eq!(document["errors"][0]["pointer"], "/x", "{number}");
    }
    // 1e400 is no number that is known, so it is no JSON that can be read.
    let answer = client
        .send_with("POST", "/point", JSON, "{\"x\":1e400}")
        .await;
    assert!(answer.status == 400 || answer.status == 422);
}

#[tokio::test]
async fn a_repeated_name_is_refused_by_a_struct_and_the_last_one_counts_in_a_map() {
    let (_bg, mut client) = connected([route!(point), route!(map)]).await;
    let body = "{\"x\":1,\"x\":2}";
    let answer = client.send_with("POST", "/point", JSON, body).await;
    let document = problem(&answer, 422, "/point");
    assert!(
        document["errors"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("duplicate field `x`")
    );
    assert_eq!(
        client.send_with("POST", "/map", JSON, body).await.text(),
        "{\"x\": 2}"
    );
}
