//! Paths that differ from a route by a slash at their end.

use toolkit_zero::prelude::*;
use toolkit_zero::routing::TrailingSlash;

use crate::support::{FREE, says, says_to};
use tests::Client;

async fn with(policy: TrailingSlash) -> Client {
    let mut server = Server::of([
        says("/plain", "plain"),
        says("/closed/", "closed"),
        says_to(Method::POST, "/plain/", "posted"),
        ServerMechanism::get("/users/{id}/").onconnect(|Path(id): Path<String>| async move { id }),
    ]);
    server.trailing_slash(policy);
    Client::connect(server.serve_managed(FREE).addr()).await
}

#[tokio::test]
async fn without_a_policy_a_slash_makes_another_path() {
    let mut client = with(TrailingSlash::Strict).await;
    assert_eq!(client.send("GET", "/plain").await.text(), "plain");
    assert_eq!(client.send("GET", "/closed").await.status, 404);
    assert_eq!(client.send("GET", "/plain/").await.status, 405);
}

#[tokio::test]
async fn a_redirect_keeps_the_method_and_the_query() {
    let mut client = with(TrailingSlash::Redirect).await;
    let answer = client.send("GET", "/closed?page=2&q=a%20b").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some("/closed/?page=2&q=a%20b"))
    );
    let answer = client.send("GET", "/plain/").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some("/plain"))
    );
    let answer = client.send("POST", "/plain").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some("/plain/"))
    );
    assert_eq!(client.send("GET", "/nothing").await.status, 404);
}

#[tokio::test]
async fn a_redirect_never_leaves_this_origin() {
    let mut server = Server::of([says("/{*rest}", "rest")]);
    server.trailing_slash(TrailingSlash::Redirect);
    let mut client = Client::connect(server.serve_managed(FREE).addr()).await;
    for target in ["//evil.example/", "//evil.example", "/"] {
        let answer = client.send("GET", target).await;
        assert!(
            answer
                .header("location")
                .is_none_or(|to| !to.starts_with("//")),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn ignoring_the_slash_serves_both_forms_with_their_captures() {
    let mut client = with(TrailingSlash::Ignore).await;
    assert_eq!(client.send("GET", "/closed").await.text(), "closed");
    assert_eq!(client.send("GET", "/plain/").await.text(), "plain");
    assert_eq!(client.send("POST", "/plain").await.text(), "posted");
    assert_eq!(client.send("GET", "/users/a%20b").await.text(), "a b");
    let answer = client.send("DELETE", "/plain").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, OPTIONS, POST"))
    );
}
