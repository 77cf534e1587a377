//! What happens to methods: 404, 405, `HEAD` and `OPTIONS`.

use toolkit_zero::prelude::*;

use crate::support::{Fed, connected, problem, says, says_to};

#[tokio::test]
async fn where_nothing_is_served_the_answer_is_a_404_problem() {
    let (_bg, mut client) = connected([says("/a", "a")]).await;
    for method in ["GET", "POST", "OPTIONS", "BREW"] {
        let answer = client.send(method, "/nothing?q=1").await;
        let document = problem(&answer, 404, "/nothing");
        assert_eq!(document["type"], "about:blank");
        assert_eq!(document["title"], "Not Found");
        assert!(document["detail"].as_str().unwrap().contains("/nothing"));
    }
    assert_eq!(client.send("GET", "/a").await.text(), "a");
}

#[tokio::test]
async fn a_method_that_no_match_has_is_405_with_the_methods_of_all_matches() {
    let (_bg, mut client) = connected([
        says("/a/b", "literal"),
        says_to(Method::POST, "/a/{x}", "capture"),
        says_to(Method::PUT, "/{*rest}", "rest"),
        says_to(Method::PATCH, "/elsewhere", "unrelated"),
    ])
    .await;
    let answer = client.send("DELETE", "/a/b").await;
    assert_eq!(
        answer.header("allow"),
        Some("GET, HEAD, OPTIONS, POST, PUT")
    );
    let document = problem(&answer, 405, "/a/b");
    assert!(document["detail"].as_str().unwrap().contains("DELETE"));
    let answer = client.send("DELETE", "/a/c").await;
    assert_eq!(answer.header("allow"), Some("OPTIONS, POST, PUT"));
    assert_eq!(client.send("PUT", "/a/b").await.text(), "rest");
}

#[tokio::test]
async fn head_is_answered_as_get_without_its_content() {
    let (_bg, mut client) = connected([
        says("/text", "twelve bytes"),
        ServerMechanism::get("/made")
            .onconnect(|| async { (StatusCode::CREATED, [("x-made", "yes")], "made") }),
    ])
    .await;
    let get = client.send("GET", "/text").await;
    let head = client.send("HEAD", "/text").await;
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("12"))
    );
    assert_eq!(head.header("content-type"), get.header("content-type"));
    let head = client.send("HEAD", "/made").await;
    assert_eq!((head.status, head.header("x-made")), (201, Some("yes")));
    let missing = client.send("HEAD", "/nothing").await;
    assert_eq!(missing.status, 404);
    // A body after any of them would be read as the beginning of this answer.
    assert_eq!(client.send("GET", "/text").await, get);
}

#[tokio::test]
async fn head_of_a_stream_does_not_claim_a_length() {
    let route = ServerMechanism::get("/stream").onconnect(|| async {
        let (sender, stream) = Fed::<Result<Bytes, std::io::Error>>::new();
        sender.send(Ok(Bytes::from_static(b"piece"))).unwrap();
        Body::from_stream(stream)
    });
    let (_bg, mut client) = connected([route]).await;
    let head = client.send("HEAD", "/stream").await;
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), None);
    assert_eq!(client.send("GET", "/stream").await.text(), "piece");
}

#[tokio::test]
async fn a_declared_head_wins_over_the_automatic_one() {
    let declared = |pattern: &str| {
        ServerMechanism::head(pattern).onconnect(|| async { ([("x-declared", "yes")], ()) })
    };
    let (_bg, mut client) = connected([
        says("/a", "a"),
        declared("/a"),
        says("/users/me", "me"),
        declared("/users/{id}"),
    ])
    .await;
    for target in ["/a", "/users/me"] {
        let head = client.send("HEAD", target).await;
        assert_eq!(head.header("x-declared"), Some("yes"), "{target}");
    }
    assert_eq!(client.send("GET", "/users/me").await.text(), "me");
}

#[tokio::test]
async fn options_tells_the_methods_of_the_path() {
    let (_bg, mut client) = connected([
        says("/a", "a"),
        says_to(Method::POST, "/{x}", "posted"),
        says_to(Method::DELETE, "/b/c", "deleted"),
    ])
    .await;
    let answer = client.send("OPTIONS", "/a").await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS, POST"));
    assert_eq!(answer.header("content-type"), None);
    let answer = client.send("OPTIONS", "/b/c").await;
    assert_eq!(answer.header("allow"), Some("DELETE, OPTIONS"));
}

#[tokio::test]
async fn options_of_the_server_tells_all_methods() {
    let (_bg, mut client) =
        connected([says("/a", "a"), says_to(Method::DELETE, "/b/c", "deleted")]).await;
    let answer = client.send("OPTIONS", "*").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("allow"), Some("DELETE, GET, HEAD, OPTIONS"));
    assert_eq!(client.send("GET", "/a").await.text(), "a");
}

#[tokio::test]
async fn a_declared_options_wins_over_the_automatic_one() {
    let (_bg, mut client) = connected([
        says("/a", "a"),
        says_to(Method::OPTIONS, "/a", "mine"),
        says("/b", "b"),
        says_to(Method::OPTIONS, "/{*any}", "all"),
    ])
    .await;
    assert_eq!(client.send("OPTIONS", "/a").await.text(), "mine");
    assert_eq!(client.send("OPTIONS", "/b").await.text(), "all");
}

#[tokio::test]
async fn a_method_of_ones_own_is_routed_like_any_other() {
    let purge = Method::from_bytes(b"PURGE").unwrap();
    let (_bg, mut client) = connected([says_to(purge, "/cache", "purged")]).await;
    assert_eq!(client.send("PURGE", "/cache").await.text(), "purged");
    let answer = client.send("purge", "/cache").await;
    assert_eq!(answer.status, 405, "methods are case-sensitive");
    assert_eq!(answer.header("allow"), Some("OPTIONS, PURGE"));
}

#[tokio::test]
async fn every_method_has_its_mechanism() {
    let (_bg, mut client) = connected([
        ServerMechanism::get("/m").onconnect(|method: Method| async move { method.to_string() }),
        ServerMechanism::post("/m").onconnect(|method: Method| async move { method.to_string() }),
        ServerMechanism::put("/m").onconnect(|method: Method| async move { method.to_string() }),
        ServerMechanism::delete("/m").onconnect(|method: Method| async move { method.to_string() }),
        ServerMechanism::patch("/m").onconnect(|method: Method| async move { method.to_string() }),
        ServerMechanism::options("/m")
            .onconnect(|method: Method| async move { method.to_string() }),
    ])
    .await;
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        assert_eq!(client.send(method, "/m").await.text(), method);
    }
}
