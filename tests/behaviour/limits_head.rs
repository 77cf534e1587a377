//! Heads that hyper reads and the server refuses: see the table in `dispatch::strict`.

use tests::{Answer, Client};
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::support::{FREE, connected, says};

async fn ask(client: &mut Client, head: &str) -> Answer {
    client.write(head).await;
    client.answer().await
}

#[track_caller]
fn is_a_problem(answer: &Answer, status: u16, about: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let document = answer.json();
    assert_eq!(document["status"], status);
    assert!(
        document["detail"].as_str().unwrap().contains(about),
        "{document}"
    );
}

#[tokio::test]
async fn a_target_past_the_limit_is_414_and_the_connection_goes_on() {
    let (_bg, mut client) = connected([says("/{*rest}", "here")]).await;
    let longest = format!("/{}", "x".repeat((8 << 10) - 1));
    assert_eq!(client.send("GET", &longest).await.text(), "here");
    is_a_problem(
        &client.send("GET", &format!("{longest}x")).await,
        414,
        "8192",
    );
    let query = format!("/?{}", "x".repeat(8 << 10));
    is_a_problem(&client.send("GET", &query).await, 414, "8192");
    assert_eq!(client.send("GET", "/").await.status, 404);
}

#[tokio::test]
async fn the_limits_of_a_head_can_be_set() {
    let mut server = Server::of([says("/a", "here")]);
    server.limits(Limits::default().target(2).headers(3));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/a").await.text(), "here");
    is_a_problem(&client.send("GET", "/ab").await, 414, "2 bytes");
    let four = "GET /a HTTP/1.1\r\nhost: x\r\na: 1\r\nb: 2\r\nb: 3\r\n\r\n";
    is_a_problem(&ask(&mut client, four).await, 431, "3 field lines");
    assert_eq!(client.send("GET", "/a").await.text(), "here");
}

#[tokio::test]
async fn a_host_is_wanted_once_and_valid() {
    let (_bg, mut client) = connected([says("/", "here")]).await;
    for (fields, about) in [
        ("", "no `host`"),
        ("host: a\r\nhost: a\r\n", "several"),
        ("host: a\r\nhost: b\r\n", "several"),
        ("host: a b\r\n", "not a host"),
        ("host: a/b\r\n", "not a host"),
        ("host: user@a\r\n", "not a host"),
        ("host: a:port\r\n", "not a host"),
        ("host: [::1\r\n", "not a host"),
    ] {
        let head = format!("GET / HTTP/1.1\r\n{fields}\r\n");
        is_a_problem(&ask(&mut client, &head).await, 400, about);
    }
    for host in ["", "a", "a:80", "[::1]:8080", "a.example:"] {
        let head = format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");
        assert_eq!(ask(&mut client, &head).await.text(), "here", "{host}");
    }
}

#[tokio::test]
async fn http_1_0_needs_no_host_but_two_are_too_many() {
    let (bg, mut client) = connected([says("/", "here")]).await;
    assert_eq!(
        ask(&mut client, "GET / HTTP/1.0\r\n\r\n").await.text(),
        "here"
    );
    let mut client = Client::connect(bg.addr()).await;
    let two = "GET / HTTP/1.0\r\nhost: a\r\nhost: a\r\n\r\n";
    is_a_problem(&ask(&mut client, two).await, 400, "several");
}

#[tokio::test]
async fn an_absolute_target_agrees_with_its_host() {
    let (_bg, mut client) = connected([says("/a", "here")]).await;
    for (target, host) in [
        ("http://example.com/a", "example.com"),
        ("http://example.com/a", "EXAMPLE.com:80"),
        ("http://example.com:81/a", "example.com:81"),
    ] {
        let head = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        assert_eq!(ask(&mut client, &head).await.text(), "here", "{target}");
    }
    for (target, host) in [
        ("http://example.com/a", "example.org"),
        ("http://example.com/a", "example.com:81"),
        ("http://example.com/a", ""),
    ] {
        let head = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        is_a_problem(&ask(&mut client, &head).await, 400, "contradicts");
    }
    let user = "GET http://user@example.com/a HTTP/1.1\r\nhost: example.com\r\n\r\n";
    is_a_problem(&ask(&mut client, user).await, 400, "a user");
    let bare = "GET http://example.com/a HTTP/1.1\r\n\r\n";
    is_a_problem(&ask(&mut client, bare).await, 400, "no `host`");
}

#[tokio::test]
async fn a_target_of_another_form_is_refused() {
    let (_bg, mut client) = connected([says("/", "here")]).await;
    for target in ["example.com:80", "*"] {
        is_a_problem(&client.send("GET", target).await, 400, "neither");
    }
    let options = client.send("OPTIONS", "*").await;
    assert_eq!(
        (options.status, options.header("allow")),
        (204, Some("GET, HEAD, OPTIONS"))
    );
}

#[tokio::test]
async fn connect_and_trace_are_not_implemented() {
    let (bg, _) = connected([says("/", "here")]).await;
    for (method, target) in [("CONNECT", "example.com:80"), ("TRACE", "/")] {
        let mut client = Client::connect(bg.addr()).await;
        let answer = client.send(method, target).await;
        is_a_problem(&answer, 501, method);
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(client.closed().await.is_empty());
    }
}

#[tokio::test]
async fn a_transfer_coding_other_than_chunked_is_not_implemented() {
    let (bg, _) =
        connected([ServerMechanism::post("/").onconnect(|body: String| async { body })]).await;
    for (coding, status) in [
        ("gzip, chunked", 501),
        ("chunked, chunked", 400),
        // hyper's own, without a document: RFC 9112 section 6.3.
        ("gzip", 400),
        ("chunked, gzip", 400),
    ] {
        let mut client = Client::connect(bg.addr()).await;
        let head =
            format!("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: {coding}\r\n\r\n0\r\n\r\n");
        let answer = ask(&mut client, &head).await;
        assert_eq!(answer.status, status, "{coding}");
        assert_eq!(answer.header("connection"), Some("close"), "{coding}");
        assert!(client.closed().await.is_empty());
    }
    let mut client = Client::connect(bg.addr()).await;
    let head =
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    assert_eq!(ask(&mut client, head).await.text(), "ok");
}
