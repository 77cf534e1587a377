//! HTTP/1.1 as RFC 9112 and RFC 9110 have it, over raw sockets: framing of answers, and heads at the edges.

use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{connected, says};

fn routes() -> Vec<SocketType> {
    vec![
        says("/", "here"),
        ServerMechanism::post("/echo").onconnect(|body: String| async { body }),
        ServerMechanism::delete("/nothing").onconnect(|| async { NoContent }),
        ServerMechanism::get("/unchanged").onconnect(|| async { StatusCode::NOT_MODIFIED }),
        ServerMechanism::get("/streamed").onconnect(|| async {
            let parts = ["one", "two"].map(|part| std::io::Result::Ok(Bytes::from(part)));
            Body::from_stream(futures_util::stream::iter(parts))
        }),
    ]
}

/// All that a connection says to these bytes, of which the last request asks for its end.
async fn said(bytes: &str) -> String {
    let (_bg, mut client) = connected(routes()).await;
    client.write(bytes).await;
    String::from_utf8(client.closed().await).unwrap()
}

/// The head, and what stands behind it.
fn split(answer: &str) -> (&str, &str) {
    answer.split_once("\r\n\r\n").expect("a head that ends")
}

const LAST: &str = "host: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn an_answer_has_one_framing_and_a_date() {
    let answer = said(&format!("GET / HTTP/1.1\r\n{LAST}")).await;
    let (head, body) = split(&answer);
    assert_eq!(body, "here");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    // RFC 9110 section 6.6.1, RFC 9112 sections 6.2 and 9.6.
    for field in [
        "\r\ndate: ",
        "\r\ncontent-length: 4",
        "\r\nconnection: close",
    ] {
        assert_eq!(head.matches(field).count(), 1, "{field} in {head}");
    }
    assert!(!head.contains("transfer-encoding"), "{head}");
}

#[tokio::test]
async fn what_has_no_body_has_no_framing_either() {
    // RFC 9110 sections 8.6, 15.3.5 and 15.4.5; RFC 9112 section 6.1.
    for (request, status) in [("DELETE /nothing", "204"), ("GET /unchanged", "304")] {
        let answer = said(&format!("{request} HTTP/1.1\r\n{LAST}")).await;
        let (head, body) = split(&answer);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert_eq!(body, "", "{request}");
        for field in ["content-length", "transfer-encoding"] {
            assert!(!head.contains(field), "{field} in {head}");
        }
    }
}

#[tokio::test]
async fn the_answer_to_head_has_the_length_and_nothing_behind_it() {
    // RFC 9110 section 9.3.2.
    let answer = said(&format!("HEAD / HTTP/1.1\r\n{LAST}")).await;
    let (head, body) = split(&answer);
    assert!(head.contains("\r\ncontent-length: 4"), "{head}");
    assert_eq!(body, "");
    let answer = said(&format!("HEAD /nowhere HTTP/1.1\r\n{LAST}")).await;
    let (head, body) = split(&answer);
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    assert_eq!(body, "");
}

#[tokio::test]
async fn a_body_without_a_length_is_chunked_and_to_http_1_0_ends_with_the_connection() {
    // RFC 9112 sections 6.1 and 6.3.
    let answer = said(&format!("GET /streamed HTTP/1.1\r\n{LAST}")).await;
    let (head, body) = split(&answer);
    assert!(head.contains("\r\ntransfer-encoding: chunked"), "{head}");
    assert_eq!(body, "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
    let answer = said("GET /streamed HTTP/1.0\r\nconnection: keep-alive\r\n\r\n").await;
    let (head, body) = split(&answer);
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert_eq!(body, "onetwo");
}

#[tokio::test]
async fn a_chunked_body_may_have_extensions_trailers_and_capitals() {
    // RFC 9112 section 7.1: extensions are passed over, sizes are hexadecimal of either case.
    for chunks in [
        "2;name=value\r\nok\r\n0\r\n\r\n",
        "2;quoted=\"a;b\"\r\nok\r\n0;last\r\n\r\n",
        "0000000002\r\nok\r\n000\r\n\r\n",
        "1\r\no\r\n1\r\nk\r\n0\r\ntrailer: a\r\nother: b\r\n\r\n",
    ] {
        for coding in ["chunked", "CHUNKED"] {
            let head = format!("POST /echo HTTP/1.1\r\ntransfer-encoding: {coding}\r\n{LAST}");
            let answer = said(&format!("{head}{chunks}")).await;
            assert_eq!(split(&answer).1, "ok", "{chunks:?}: {answer}");
        }
    }
    let long = "x".repeat(0x1A);
    let body = format!(
        "POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n{LAST}1A\r\n{long}\r\n0\r\n\r\n"
    );
    assert_eq!(split(&said(&body).await).1, long);
}

#[tokio::test]
async fn names_and_options_are_compared_without_case_and_with_white_space_around() {
    // RFC 9110 sections 5.1, 5.5 and 7.6.1.
    for close in [
        "Connection: Close",
        "CONNECTION:close",
        "connection:\t close \t",
        "connection: x, close",
    ] {
        let answer = said(&format!("GET / HTTP/1.1\r\nHoSt:x\r\n{close}\r\n\r\n")).await;
        let (head, body) = split(&answer);
        assert!(head.starts_with("HTTP/1.1 200 "), "{close}: {head}");
        assert_eq!(body, "here", "{close}");
    }
}

#[tokio::test]
async fn methods_are_compared_with_case_and_unknown_ones_have_no_route() {
    // RFC 9110 section 9.1.
    let (_bg, mut client) = connected(routes()).await;
    for method in ["get", "Get", "PROPFIND", "M-SEARCH"] {
        let answer = client.send(method, "/").await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(
            answer.header("allow"),
            Some("GET, HEAD, OPTIONS"),
            "{method}"
        );
    }
    assert_eq!(client.send("GET", "/").await.text(), "here");
}

#[tokio::test]
async fn a_length_that_is_repeated_alike_counts_once() {
    // RFC 9110 section 8.6 lets a recipient take it.
    let (_bg, mut client) = connected(routes()).await;
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n";
    client.write(format!("{head}ok")).await;
    assert_eq!(client.answer().await.text(), "ok");
    // Nothing of it is taken for another request.
    assert_eq!(client.send("GET", "/").await.text(), "here");
}

#[tokio::test]
async fn a_get_with_a_body_that_nobody_reads_is_answered_and_the_connection_goes_on() {
    // RFC 9110 section 9.3.1: it means nothing, and is framed as any.
    let (_bg, mut client) = connected(routes()).await;
    client
        .write("GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello")
        .await;
    assert_eq!(client.answer().await.text(), "here");
    assert_eq!(client.send("GET", "/").await.text(), "here");
}

#[tokio::test]
async fn http_1_2_is_refused() {
    // RFC 9110 section 2.5 would have a higher minor version answered; hyper knows 1.0 and 1.1.
    let answer = said("GET / HTTP/1.2\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn bytes_past_ascii_in_a_value_are_data() {
    // RFC 9110 section 5.5: obs-text.
    let (_bg, mut client) = connected(routes()).await;
    client
        .write(b"GET / HTTP/1.1\r\nhost: x\r\nname: \xc3\xa9\xff\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.text(), "here");
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_is_one() {
    let (bg, mut client) = connected(routes()).await;
    let request =
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    for byte in request.bytes() {
        client.write([byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.answer().await.text(), "ok");
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/").await.text(), "here");
}
