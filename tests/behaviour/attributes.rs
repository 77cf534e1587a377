//! Routes as the attributes declare them: arguments by name, options, several on one function.

use std::time::Duration;

use serde::Deserialize;
use tests::Client;
use toolkit_zero::middleware::{FromFn, Next, from_fn};
use toolkit_zero::prelude::*;

use crate::support::{FREE, connected, problem};

#[derive(Deserialize)]
pub(crate) struct Page {
    pub(crate) number: Option<u32>,
}

/// Arguments are bound by their names, whatever their order.
#[get("/attributes/{team}/users/{id}")]
pub(crate) async fn user(
    id: u64,
    Query(page): Query<Page>,
    team: String,
    State(greeting): State<&'static str>,
) -> Result<String, Problem> {
    if id == 0 {
        return Err(Problem::not_found().detail("nobody has the number 0"));
    }
    Ok(format!(
        "{greeting} {id} of {team}, page {}",
        page.number.unwrap_or(1)
    ))
}

#[tokio::test]
async fn captures_are_bound_by_name() {
    let mut server = Server::of([route!(user)]);
    server.state("hello");
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client
        .send("GET", "/attributes/r%26d/users/7?number=2")
        .await;
    assert_eq!(answer.text(), "hello 7 of r&d, page 2");
    let target = "/attributes/red/users/x";
    let document = problem(&client.send("GET", target).await, 400, target);
    assert_eq!(document["errors"][0]["parameter"], "id");
    let target = "/attributes/red/users/0";
    problem(&client.send("GET", target).await, 404, target);
}

#[tokio::test]
async fn an_annotated_function_can_be_called() {
    let text = user(7, Query(Page { number: None }), "red".into(), State("hi")).await;
    assert_eq!(text.unwrap(), "hi 7 of red, page 1");
}

/// Marks the answer.
pub(crate) fn marked()
-> FromFn<impl Fn(Request, Next) -> MarkedFuture + Clone + Send + Sync + 'static> {
    from_fn(|request: Request, next: Next| -> MarkedFuture {
        Box::pin(async move {
            let mut response = next.run(request).await;
            response
                .headers_mut()
                .append("x-marked", "yes".parse().unwrap());
            response
        })
    })
}

pub(crate) type MarkedFuture = std::pin::Pin<Box<dyn Future<Output = Response> + Send>>;

#[post("/attributes/made", name = "make", status = 201, body_limit = "4B", layer = marked())]
async fn make(text: String) -> Result<String, Problem> {
    if text == "no" {
        return Err(Problem::conflict());
    }
    Ok(text)
}

#[get("/attributes/slow", timeout = "1ms")]
async fn slow() {
    std::future::pending::<()>().await;
}

#[get("/attributes/blocking/{_name}", blocking)]
fn blocking(Path(name): Path<String>) -> String {
    // A thread that may block is not one of the runtime's workers.
    std::thread::sleep(Duration::ZERO);
    name
}

#[tokio::test]
async fn the_options_of_an_attribute_hold() {
    let (bg, mut client) = connected([route!(make), route!(slow), route!(blocking)]).await;
    let made = client
        .send_with("POST", "/attributes/made", "x/y", "abcd")
        .await;
    assert_eq!((made.status, made.text().as_str()), (201, "abcd"));
    assert_eq!(made.header("x-marked"), Some("yes"));
    // `status` replaces a 200 only.
    let refused = client
        .send_with("POST", "/attributes/made", "x/y", "no")
        .await;
    problem(&refused, 409, "/attributes/made");
    let large = client
        .send_with("POST", "/attributes/made", "x/y", "abcde")
        .await;
    problem(&large, 413, "/attributes/made");
    problem(
        &client.send("GET", "/attributes/slow").await,
        503,
        "/attributes/slow",
    );
    assert_eq!(
        client.send("GET", "/attributes/blocking/x").await.text(),
        "x"
    );
    let names: Vec<_> = bg
        .routes()
        .snapshot()
        .iter()
        .map(|route| route.name().to_owned())
        .collect();
    assert_eq!(names, ["blocking", "make", "slow"]);
}

#[toolkit_zero::route(GET, PUT, "/attributes/both")]
#[delete("/attributes/other")]
async fn several(method: Method, MatchedPath(pattern): MatchedPath) -> String {
    format!("{method} {pattern}")
}

#[tokio::test]
async fn several_methods_are_one_route_and_several_attributes_are_several() {
    let routes = routes_of!(several);
    assert_eq!(routes.len(), 2);
    let (bg, mut client) = connected(routes).await;
    assert_eq!(
        client.send("GET", "/attributes/both").await.text(),
        "GET /attributes/both"
    );
    assert_eq!(
        client.send("PUT", "/attributes/both").await.text(),
        "PUT /attributes/both"
    );
    assert_eq!(
        client.send("DELETE", "/attributes/other").await.text(),
        "DELETE /attributes/other"
    );
    // One method of a route with two is removed, replaced and switched by itself.
    let removed = bg
        .routes()
        .remove(&Method::PUT, "/attributes/both")
        .unwrap();
    assert_eq!(removed.methods(), [Method::PUT]);
    assert_eq!(client.send("PUT", "/attributes/both").await.status, 405);
    assert_eq!(client.send("GET", "/attributes/both").await.status, 200);
}

#[tokio::test]
async fn replacing_with_several_methods_returns_every_route_that_was_displaced() {
    let put = ServerMechanism::put("/attributes/both").onconnect(|| async { "put" });
    let post = ServerMechanism::post("/attributes/both").onconnect(|| async { "post" });
    let (bg, mut client) = connected([put, post]).await;
    let both = routes_of!(several)
        .into_iter()
        .find(|route| route.methods().len() == 2)
        .unwrap();
    let displaced = bg.routes().replace(both).unwrap();
    assert_eq!(displaced.len(), 1);
    assert_eq!(displaced[0].methods(), [Method::PUT]);
    assert_eq!(client.send("POST", "/attributes/both").await.text(), "post");
    assert_eq!(
        client.send("PUT", "/attributes/both").await.text(),
        "PUT /attributes/both"
    );
    assert_eq!(
        client.send("GET", "/attributes/both").await.text(),
        "GET /attributes/both"
    );
}

#[get("/traced/{id}/above")]
#[tracing::instrument(skip_all, fields(id))]
async fn traced_above(id: u64) -> String {
    id.to_string()
}

#[tracing::instrument]
#[get("/traced/{id}/below")]
async fn traced_below(id: u64) -> String {
    id.to_string()
}

#[tokio::test]
async fn instrument_stands_above_a_route_or_below() {
    let (_bg, mut client) = connected([route!(traced_above), route!(traced_below)]).await;
    for place in ["above", "below"] {
        let answer = client.send("GET", &format!("/traced/7/{place}")).await;
        assert_eq!(answer.text(), "7", "{place}");
    }
}
