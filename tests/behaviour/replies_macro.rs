//! `reply!` in all its forms.

use toolkit_zero::prelude::*;
use toolkit_zero::reply::Status;

use crate::replies::{Pong, TEXT, answer_of, is};
use crate::support::{Log, connected, problem};

#[tokio::test]
async fn every_form_of_the_macro_answers() {
    let html = Some("text/html; charset=utf-8");
    let json = Some("application/json");
    is(&answer_of!(|| async { reply!() }), 200, None, "");
    is(
        &answer_of!(|| async { reply!(status => 202) }),
        202,
        None,
        "",
    );
    is(
        &answer_of!(|| async { reply!(json => Pong { ok: true }) }),
        200,
        json,
        r#"{"ok":true}"#,
    );
    is(
        &answer_of!(|| async { reply!(json => [1, 2], status => 201) }),
        201,
        json,
        "[1,2]",
    );
    is(
        &answer_of!(|| async { reply!(text => "t") }),
        200,
        Some(TEXT),
        "t",
    );
    is(
        &answer_of!(|| async { reply!(text => format!("t{}", 1), status => 418) }),
        418,
        Some(TEXT),
        "t1",
    );
    is(
        &answer_of!(|| async { reply!(html => "<p>") }),
        200,
        html,
        "<p>",
    );
    is(
        &answer_of!(|| async { reply!(html => "<p>", status => 404) }),
        404,
        html,
        "<p>",
    );
    is(
        &answer_of!(|| async { reply!(message => "m") }),
        200,
        Some(TEXT),
        "m",
    );
    is(
        &answer_of!(|| async { reply!(message => Json(1), status => 203) }),
        203,
        json,
        "1",
    );
    is(
        &answer_of!(|| async { reply!(message => Html("<p>"),) }),
        200,
        html,
        "<p>",
    );
    problem(
        &answer_of!(|| async { reply!(message => None::<()>) }),
        404,
        "/reply",
    );
    is(
        &answer_of!(|| async { reply!(json => 1, status => 204) }),
        204,
        None,
        "",
    );
}

#[tokio::test]
async fn a_status_is_a_name_a_constant_or_a_number() {
    let text = Some(TEXT);
    is(
        &answer_of!(|| async { reply!(text => "t", status => Status::Created) }),
        201,
        text,
        "t",
    );
    is(
        &answer_of!(|| async { reply!(text => "t", status => StatusCode::CREATED) }),
        201,
        text,
        "t",
    );
    is(
        &answer_of!(|| async { reply!(text => "t", status => 201) }),
        201,
        text,
        "t",
    );
    is(
        &answer_of!(|| async { reply!(text => "t", status => 201_u16) }),
        201,
        text,
        "t",
    );
    is(
        &answer_of!(|| async { reply!(text => "t", status => 201_usize) }),
        201,
        text,
        "t",
    );
    is(
        &answer_of!(|| async { reply!(text => "t", status => 599) }),
        599,
        text,
        "t",
    );
}

#[tokio::test]
async fn a_number_that_is_no_status_is_a_logged_500() {
    let (log, _guard) = Log::listen();
    for number in [700, 600, 99, 0, -1] {
        let answer = answer_of!(move || async move { reply!(text => "secret", status => number) });
        let document = problem(&answer, 500, "/reply");
        assert!(!document.to_string().contains("secret"));
        assert!(
            log.errors()
                .last()
                .unwrap()
                .contains(&format!("{number} is not an HTTP status"))
        );
    }
}

#[tokio::test]
async fn branches_of_one_handler_may_send_different_things() {
    let route = ServerMechanism::get("/{kind}").onconnect(|Path(kind): Path<String>| async move {
        match kind.as_str() {
            "json" => reply!(json => Pong { ok: false }),
            "text" => reply!(text => "text", status => 202),
            "none" => reply!(),
            _ => Err(Problem::not_found().detail(kind)),
        }
    });
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(client.send("GET", "/json").await.text(), r#"{"ok":false}"#);
    assert_eq!(client.send("GET", "/text").await.status, 202);
    assert_eq!(client.send("GET", "/none").await.text(), "");
    assert_eq!(
        problem(&client.send("GET", "/x").await, 404, "/x")["detail"],
        "x"
    );
}
