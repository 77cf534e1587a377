//! Which route serves a path.

use std::path::PathBuf;

use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{connected, problem, says, says_to};

fn name_of(pattern: &str) -> SocketType {
    ServerMechanism::get(pattern).onconnect(|Path(name): Path<String>| async move { name })
}

#[tokio::test]
async fn a_literal_beats_a_capture_beats_a_rest_in_every_order_of_declaration() {
    let made = [
        || says("/a/b", "literal"),
        || says("/a/{x}", "capture"),
        || says("/a/{*x}", "rest"),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let (_bg, mut client) = connected(order.map(|index: usize| made[index]())).await;
        for (target, text) in [
            ("/a/b", "literal"),
            ("/a/c", "capture"),
            ("/a/b/c", "rest"),
            ("/a/b/", "rest"),
        ] {
            assert_eq!(
                client.send("GET", target).await.text(),
                text,
                "{target} {order:?}"
            );
        }
        assert_eq!(client.send("GET", "/a/").await.status, 404);
    }
}

#[tokio::test]
async fn precedence_is_decided_among_the_routes_that_have_the_method() {
    let (_bg, mut client) = connected([
        says("/users/me", "me"),
        ServerMechanism::post("/users/{id}").onconnect(|Path(id): Path<String>| async move { id }),
        says_to(Method::DELETE, "/{*path}", "deleted"),
    ])
    .await;
    assert_eq!(client.send("GET", "/users/me").await.text(), "me");
    assert_eq!(client.send("POST", "/users/me").await.text(), "me");
    assert_eq!(client.send("DELETE", "/users/me").await.text(), "deleted");
    assert_eq!(client.send("GET", "/users/7").await.status, 405);
}

#[tokio::test]
async fn a_literal_further_down_is_found_behind_a_capture_that_leads_nowhere() {
    let (_bg, mut client) = connected([
        says("/a/b/x", "deep literal"),
        says("/a/{one}/y", "capture"),
        says("/{*all}", "rest"),
    ])
    .await;
    assert_eq!(client.send("GET", "/a/b/x").await.text(), "deep literal");
    assert_eq!(client.send("GET", "/a/b/y").await.text(), "capture");
    assert_eq!(client.send("GET", "/a/b/z").await.text(), "rest");
}

#[tokio::test]
async fn segments_are_matched_after_they_are_decoded() {
    let (_bg, mut client) = connected([
        says("/caf\u{e9}", "drink"),
        says("/a%20b", "spaced"),
        says("/{{x}}", "braces"),
    ])
    .await;
    assert_eq!(client.send("GET", "/caf%C3%A9").await.text(), "drink");
    assert_eq!(client.send("GET", "/%63af%c3%a9").await.text(), "drink");
    assert_eq!(client.send("GET", "/%61%20b").await.text(), "spaced");
    assert_eq!(client.send("GET", "/%7Bx%7D").await.text(), "braces");
    assert_eq!(client.send("GET", "/caf%25C3%25A9").await.status, 404);
}

#[tokio::test]
async fn an_encoded_slash_stays_inside_its_capture() {
    let (_bg, mut client) = connected([name_of("/x/{name}"), says("/a/b", "two")]).await;
    assert_eq!(client.send("GET", "/x/a%2Fb").await.text(), "a/b");
    assert_eq!(client.send("GET", "/x/a%2fb%2F").await.text(), "a/b/");
    assert_eq!(client.send("GET", "/x/a%2Fb/c").await.status, 404);
    assert_eq!(client.send("GET", "/a%2Fb").await.status, 404);
}

#[tokio::test]
async fn a_capture_is_decoded_once() {
    let (_bg, mut client) = connected([name_of("/x/{name}")]).await;
    for (target, name) in [
        ("/x/%2525", "%25"),
        ("/x/%E2%82%AC", "\u{20ac}"),
        ("/x/a+b", "a+b"),
        ("/x/%2e%2e", ".."),
    ] {
        assert_eq!(client.send("GET", target).await.text(), name, "{target}");
    }
}

#[tokio::test]
async fn a_path_that_cannot_be_decoded_is_refused_and_the_connection_goes_on() {
    let (_bg, mut client) = connected([name_of("/x/{name}")]).await;
    for target in [
        "/x/%",
        "/x/%2",
        "/x/%zz",
        "/x/%FF",
        "/x/%C3%28",
        "/%C0%AF",
        "/elsewhere/%",
    ] {
        let answer = client.send("GET", target).await;
        let document = problem(&answer, 400, target);
        assert!(
            document["detail"].as_str().unwrap().contains("path"),
            "{target}: {document}"
        );
    }
    assert_eq!(client.send("GET", "/x/ok").await.text(), "ok");
}

#[tokio::test]
async fn dot_segments_and_empty_segments_are_not_normalised() {
    let (_bg, mut client) = connected([says("/b", "b"), says("/a/{x}/c", "capture")]).await;
    for target in ["/a/../b", "//b", "/./b", "/b/", "/a//c", "/%2e/b"] {
        assert_eq!(client.send("GET", target).await.status, 404, "{target}");
    }
    assert_eq!(client.send("GET", "/a/../c").await.text(), "capture");
}

#[tokio::test]
async fn a_trailing_slash_makes_another_route() {
    let (_bg, mut client) = connected([
        says("/a", "without"),
        says("/a/", "with"),
        says("/", "root"),
    ])
    .await;
    assert_eq!(client.send("GET", "/a").await.text(), "without");
    assert_eq!(client.send("GET", "/a/").await.text(), "with");
    assert_eq!(client.send("GET", "/").await.text(), "root");
    assert_eq!(client.send("GET", "/a?x=/").await.text(), "without");
}

#[get("/raw/{*rest}")]
async fn raw(rest: String) -> String {
    rest
}

#[get("/cut/{*rest}")]
async fn cut(rest: Vec<String>) -> Json<Vec<String>> {
    Json(rest)
}

#[get("/path/{*rest}")]
async fn path(rest: PathBuf) -> String {
    rest.to_string_lossy().into_owned()
}

#[get("/of/{team}/{*rest}")]
async fn of_team(rest: String, team: String) -> String {
    format!("{team}: {rest}")
}

#[tokio::test]
async fn a_rest_is_raw_as_a_string_and_decoded_by_segment_as_a_vec() {
    let (_bg, mut client) =
        connected([route!(raw), route!(cut), route!(path), route!(of_team)]).await;
    let raw = client.send("GET", "/raw/a%2Fb/c%20d//").await;
    assert_eq!(raw.text(), "a%2Fb/c%20d//");
    let cut = client.send("GET", "/cut/a%2Fb/c%20d//").await;
    assert_eq!(cut.json(), serde_json::json!(["a/b", "c d", "", ""]));
    let path = client.send("GET", "/path/a/b%20c.txt").await;
    assert_eq!(path.text(), "a/b c.txt");
    let both = client.send("GET", "/of/r%26d/x/y").await;
    assert_eq!(both.text(), "r&d: x/y");
    for target in ["/raw", "/raw/"] {
        assert_eq!(client.send("GET", target).await.status, 404, "{target}");
    }
}

#[get("/files/{*path}")]
async fn below(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

#[get("/file/{path}")]
async fn file(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_file_path_that_leads_out_of_its_directory_is_refused() {
    let (_bg, mut client) = connected([route!(below), route!(file)]).await;
    let bad = [
        "..",
        ".",
        "%2e%2e",
        "a%2f..%2fx",
        "%2Fetc%2Fpasswd",
        "a%5Cb",
        "c%3A",
        "C:x",
        "a%00b",
    ];
    for segment in bad {
        for target in [
            format!("/files/{segment}"),
            format!("/files/a/{segment}"),
            format!("/file/{segment}"),
        ] {
            let answer = client.send("GET", &target).await;
            let document = problem(&answer, 400, &target);
            assert_eq!(document["errors"][0]["parameter"], "path", "{target}");
        }
    }
    for target in ["/files/a//b", "/files/a/", "/files//etc/passwd"] {
        assert_eq!(client.send("GET", target).await.status, 400, "{target}");
    }
    assert_eq!(
        client.send("GET", "/files/a/..b/c..").await.text(),
        "a/..b/c.."
    );
    assert_eq!(client.send("GET", "/file/a.txt").await.text(), "a.txt");
}

#[tokio::test]
async fn a_literal_may_hold_an_encoded_slash() {
    let (_bg, mut client) = connected([says("/a%2Fb", "one segment"), says("/a/b", "two")]).await;
    assert_eq!(client.send("GET", "/a%2fb").await.text(), "one segment");
    assert_eq!(client.send("GET", "/a/b").await.text(), "two");
}

#[tokio::test]
async fn a_path_that_is_not_encoded_is_matched_if_it_is_utf_8() {
    let (bg, mut client) = connected([says("/caf\u{e9}", "drink"), says("/{x}", "other")]).await;
    assert_eq!(client.send("GET", "/caf\u{e9}").await.text(), "drink");
    client
        .write(b"GET /\xFF HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.status, 400);
    let mut client = tests::Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/a").await.text(), "other");
}
