//! The live table through its handle.

use toolkit_zero::prelude::*;
use toolkit_zero::routing::RouteError;

use crate::support::{connected, problem, says, says_to, serve};

/// The patterns and methods of the table, and its generation.
pub(crate) fn state_of(routes: &Routes) -> (Vec<String>, u64) {
    let snapshot = routes.snapshot();
    let lines = snapshot
        .iter()
        .map(|route| format!("{} {} {}", route.method(), route.pattern(), route.enabled()));
    (lines.collect(), snapshot.generation())
}

#[tokio::test]
async fn an_added_route_answers_the_next_request_of_an_open_connection() {
    let (bg, mut client) = connected([says("/a", "a")]).await;
    let routes = bg.routes();
    assert_eq!(client.send("GET", "/b").await.status, 404);
    let before = routes.generation();
    assert_eq!(routes.add(says("/b", "b")).unwrap(), before + 1);
    assert_eq!(client.send("GET", "/b").await.text(), "b");
    assert_eq!(client.send("GET", "/a").await.text(), "a");
    assert_eq!(routes.generation(), before + 1);
}

#[tokio::test]
async fn a_removed_route_is_gone_and_its_other_methods_are_not() {
    let (bg, mut client) = connected([
        says("/a/{id}", "got"),
        says_to(Method::PUT, "/a/{id}", "put"),
    ])
    .await;
    let routes = bg.routes();
    // Patterns are compared after parsing.
    let removed = routes.remove(&Method::GET, "/a/{other}").unwrap();
    assert_eq!(
        (removed.pattern(), removed.methods()),
        ("/a/{id}", &[Method::GET][..])
    );
    let answer = client.send("GET", "/a/7").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("OPTIONS, PUT"))
    );
    assert_eq!(client.send("PUT", "/a/7").await.text(), "put");
    assert!(routes.remove(&Method::GET, "/a/{id}").is_none());
    routes.remove(&Method::PUT, "/a/{id}").unwrap();
    assert_eq!(client.send("PUT", "/a/7").await.status, 404);
    assert!(routes.snapshot().is_empty());
    // What was removed is a route that can be added again.
    routes.add(removed).unwrap();
    assert_eq!(client.send("GET", "/a/7").await.text(), "got");
}

#[tokio::test]
async fn removing_what_is_not_there_changes_nothing() {
    let bg = serve([says("/a", "a")]);
    let routes = bg.routes();
    let before = state_of(&routes);
    assert!(routes.remove(&Method::GET, "/b").is_none());
    assert!(routes.remove(&Method::HEAD, "/a").is_none());
    assert!(routes.remove(&Method::GET, "not a pattern").is_none());
    assert_eq!(state_of(&routes), before);
}

#[tokio::test]
async fn a_replaced_route_comes_back_and_other_methods_stay() {
    let (bg, mut client) =
        connected([says("/a/{x}", "old"), says_to(Method::PUT, "/a/{x}", "put")]).await;
    let routes = bg.routes();
    let before = routes.generation();
    let displaced = routes.replace(says("/a/{y}", "new")).unwrap();
    assert_eq!(displaced.len(), 1);
    assert_eq!(displaced[0].pattern(), "/a/{x}");
    assert_eq!(routes.generation(), before + 1);
    assert_eq!(client.send("GET", "/a/1").await.text(), "new");
    assert_eq!(client.send("PUT", "/a/1").await.text(), "put");
    // Where nothing is, a route is put all the same.
    assert!(routes.replace(says("/b", "b")).unwrap().is_empty());
    assert_eq!(client.send("GET", "/b").await.text(), "b");
    assert_eq!(routes.snapshot().len(), 3);
}

#[tokio::test]
async fn a_disabled_route_answers_503_until_it_is_enabled() {
    let (bg, mut client) = connected([
        says("/a/b", "literal"),
        says("/a/{x}", "capture"),
        says_to(Method::POST, "/a/b", "posted"),
    ])
    .await;
    let routes = bg.routes();
    let disabled = routes.disable(&Method::GET, "/a/b").unwrap();
    let answer = client.send("GET", "/a/b").await;
    problem(&answer, 503, "/a/b");
    assert!(
        answer
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    assert_eq!(client.send("HEAD", "/a/b").await.status, 503);
    assert_eq!(client.send("POST", "/a/b").await.text(), "posted");
    assert_eq!(client.send("GET", "/a/c").await.text(), "capture");
    // Asked for what is so already, the table does not change.
    assert_eq!(routes.disable(&Method::GET, "/a/b").unwrap(), disabled);
    assert_eq!(routes.enable(&Method::GET, "/a/b").unwrap(), disabled + 1);
    assert_eq!(routes.enable(&Method::GET, "/a/b").unwrap(), disabled + 1);
    assert_eq!(client.send("GET", "/a/b").await.text(), "literal");
}

#[tokio::test]
async fn switching_what_is_not_there_is_an_error_that_names_what_is() {
    let bg = serve([says("/a", "a"), says_to(Method::PUT, "/a", "a")]);
    let routes = bg.routes();
    let error = routes.disable(&Method::DELETE, "/a").unwrap_err();
    assert!(matches!(&error, RouteError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("GET, PUT"), "{error}");
    let error = routes.enable(&Method::GET, "/b").unwrap_err();
    assert!(matches!(&error, RouteError::NotFound { .. }), "{error}");
    let error = routes.disable(&Method::GET, "b").unwrap_err();
    assert!(matches!(&error, RouteError::NoPattern { .. }), "{error}");
    assert_eq!(state_of(&routes).1, 1);
}

#[tokio::test]
async fn a_conflict_names_both_declarations_and_changes_nothing() {
    let (first, first_line) = (says("/users/{id}", "first"), line!());
    let (bg, mut client) = connected([first]).await;
    let routes = bg.routes();
    let before = state_of(&routes);
    let (second, second_line) = (says("/users/{name}", "second"), line!());
    let error = routes.add(second).unwrap_err();
    let RouteError::Conflict {
        existing,
        added,
        method,
        pattern,
        existing_pattern,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!((existing.file(), existing.line()), (file!(), first_line));
    assert_eq!((added.file(), added.line()), (file!(), second_line));
    assert_eq!((method, pattern.as_str()), (&Method::GET, "/users/{name}"));
    assert_eq!(existing_pattern, "/users/{id}");
    let sentence = error.to_string();
    for place in [existing.to_string(), added.to_string()] {
        assert!(sentence.contains(&place), "{sentence}");
    }
    assert_eq!(state_of(&routes), before);
    assert_eq!(client.send("GET", "/users/7").await.text(), "first");
}

struct Db;

#[tokio::test]
async fn a_route_whose_state_is_missing_changes_nothing() {
    let mut server = Server::default();
    server.state(std::sync::Arc::new(std::sync::Arc::new(1_u8)));
    let bg = server.serve_managed(crate::support::FREE);
    let routes = bg.routes();
    let before = state_of(&routes);
    let needs = || {
        ServerMechanism::get("/db")
            .onconnect(|_: State<std::sync::Arc<Db>>, _: Option<State<u16>>| async {})
    };
    for error in [
        routes.add(needs()).unwrap_err(),
        routes.replace(needs()).unwrap_err(),
        routes.update(|batch| batch.add(needs())).unwrap_err(),
    ] {
        let RouteError::MissingState { state, .. } = &error else {
            panic!("{error}")
        };
        assert!(state.contains("Db"), "{error}");
        assert!(error.to_string().contains(file!()), "{error}");
    }
    assert_eq!(state_of(&routes), before);
}
