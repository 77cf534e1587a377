//! Structs of extractors, path parameters of one's own, errors with a status a variant.

use serde::Deserialize;
use serde_json::json;
use toolkit_zero::prelude::*;
use toolkit_zero::testing::TestClient;

use crate::support::{Log, connected, problem};

#[derive(Deserialize)]
struct Page {
    number: u32,
}

#[derive(FromRequest)]
struct Context {
    body: String,
    page: Option<Query<Page>>,
    agent: HeaderMap,
    greeting: State<String>,
}

#[derive(FromRequest)]
struct Pair<A, B>(A, B);

#[derive(FromRequest)]
struct Nothing;

#[post("/context")]
async fn context(context: Context) -> String {
    let Context {
        body,
        page,
        agent,
        greeting,
    } = context;
    let page = page.map_or(0, |page| page.0.number);
    format!("{} {body} {page} {}", greeting.0, agent.len())
}

#[post("/pair")]
async fn pair(Pair(body, uri): Pair<String, Uri>, _: Nothing) -> String {
    format!("{body} {uri}")
}

#[tokio::test]
async fn a_struct_of_extractors_is_an_extractor() {
    let mut server = Server::of([route!(context), route!(pair)]);
    server.state("hi".to_owned());
    let client = TestClient::new(server);
    let answer = client.post("/context?number=3").body("body").send().await;
    answer.assert_text("hi body 3 2");
    client
        .post("/context")
        .body("body")
        .send()
        .await
        .assert_text("hi body 0 2");
    client
        .post("/pair")
        .body("b")
        .send()
        .await
        .assert_text("b /pair");
    // The refusal of a field is the refusal of the struct, with its instance.
    let answer = client.post("/context?number=x").send().await;
    answer.assert_status(400).assert_json(&json!({
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "the query parameter `number` is not valid",
        "instance": "/context",
        "errors": [{"parameter": "number", "detail": "invalid digit found in string"}],
    }));
}

#[tokio::test]
async fn what_the_fields_need_is_checked_at_boot() {
    let error = Server::of([route!(context)]).check().unwrap_err();
    assert!(
        error.to_string().contains("no `String` was given"),
        "{error}"
    );
}

#[derive(Debug, FromPath)]
struct UserId(u64);

#[derive(FromPath)]
struct Named {
    name: String,
}

#[derive(Debug, FromPath)]
enum Shelf {
    New,
    InProgress,
    #[segment("done!")]
    Done,
}

#[get("/users/{id}/{shelf}/{named}")]
async fn shelf(id: UserId, shelf: Shelf, named: Named) -> String {
    format!("{} {shelf:?} {}", id.0, named.name)
}

#[tokio::test]
async fn newtypes_and_enums_are_path_parameters() {
    let (_bg, mut client) = connected([route!(shelf)]).await;
    for (path, text) in [
        ("/users/7/new/x%20y", "7 New x y"),
        ("/users/7/in-progress/x", "7 InProgress x"),
        ("/users/7/done!/x", "7 Done x"),
    ] {
        assert_eq!(client.send("GET", path).await.text(), text);
    }
    for (path, parameter, detail) in [
        (
            "/users/7/New/x",
            "shelf",
            "expected `new`, `in-progress` or `done!`",
        ),
        ("/users/-1/new/x", "id", "invalid digit found in string"),
        (
            "/users/18446744073709551616/new/x",
            "id",
            "number too large to fit in target type",
        ),
    ] {
        let document = problem(&client.send("GET", path).await, 400, path);
        assert_eq!(
            document["errors"],
            json!([{"parameter": parameter, "detail": detail}])
        );
    }
}

#[derive(Debug, ApiError)]
enum ShopError {
    #[status(404)]
    Gone,
    #[status(
        409,
        title = "Taken",
        detail = "the name {name} is taken",
        kind = "urn:taken"
    )]
    Taken { name: String, _since: u32 },
    #[status(422, detail = "{0} of {{{1}}}")]
    Odd(u8, &'static str),
    #[status(503)]
    Database(std::io::Error),
}

#[derive(Debug, ApiError)]
#[status(402, detail = "pay first")]
struct Unpaid;

#[get("/shop/{what}")]
async fn shop(what: String) -> Result<&'static str, ShopError> {
    Err(match what.as_str() {
        "taken" => ShopError::Taken {
            name: "Ada".to_owned(),
            _since: 1,
        },
        "odd" => ShopError::Odd(3, "x"),
        "database" => ShopError::Database(std::io::Error::other("password: 1234")),
        "ok" => return Ok("ok"),
        _ => ShopError::Gone,
    })
}

#[get("/pay")]
async fn pay() -> Result<(), Problem> {
    // `?` turns it into a problem.
    Err(Unpaid)?
}

#[tokio::test]
async fn an_error_is_a_problem_with_a_status_a_variant() {
    let (_bg, mut client) = connected([route!(shop), route!(pay)]).await;
    assert_eq!(client.send("GET", "/shop/ok").await.text(), "ok");
    problem(&client.send("GET", "/shop/gone").await, 404, "/shop/gone");
    let document = problem(&client.send("GET", "/shop/taken").await, 409, "/shop/taken");
    assert_eq!(document["title"], "Taken");
    assert_eq!(document["detail"], "the name Ada is taken");
    assert_eq!(document["type"], "urn:taken");
    let document = problem(&client.send("GET", "/shop/odd").await, 422, "/shop/odd");
    assert_eq!(document["detail"], "3 of {x}");
    let document = problem(&client.send("GET", "/pay").await, 402, "/pay");
    assert_eq!(document["detail"], "pay first");
}

#[tokio::test]
async fn an_error_of_the_servers_own_is_logged_and_not_told() {
    let (log, _guard) = Log::listen();
    let (_bg, mut client) = connected([route!(shop)]).await;
    let answer = client.send("GET", "/shop/database").await;
    problem(&answer, 503, "/shop/database");
    assert!(!answer.text().contains("1234"));
    assert!(
        log.errors()
            .iter()
            .any(|line| line.contains("password: 1234")),
        "{:?}",
        log.errors()
    );
}
