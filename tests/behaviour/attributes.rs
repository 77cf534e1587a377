//! Routes as the attributes declare them: arguments by name, options, prefixes, addresses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tests::Client;
use toolkit_zero::middleware::{FromFn, Next, from_fn};
use toolkit_zero::prelude::*;

use crate::support::{FREE, connected, problem};

#[derive(Deserialize)]
struct Page {
    number: Option<u32>,
}

/// Arguments are bound by their names, whatever their order.
#[get("/attributes/{team}/users/{id}")]
async fn user(
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
fn marked() -> FromFn<impl Fn(Request, Next) -> MarkedFuture + Clone + Send + Sync + 'static> {
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

type MarkedFuture = std::pin::Pin<Box<dyn Future<Output = Response> + Send>>;

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

#[get("/attributes/blocking", blocking)]
fn blocking(method: Method) -> String {
    // A thread that may block is not one of the runtime's workers.
    std::thread::sleep(Duration::ZERO);
    format!("blocking {method}")
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
        client.send("GET", "/attributes/blocking").await.text(),
        "blocking GET"
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

#[routes("/attributes/v1/{version}", layer = marked())]
mod grouped {
    use toolkit_zero::prelude::*;

    #[get("/items/{id}")]
    pub(super) async fn item(id: u32, version: u8) -> String {
        format!("item {id} of version {version}")
    }

    #[routes("/deep")]
    pub(super) mod deep {
        use toolkit_zero::prelude::*;

        #[get("/{_any}")]
        pub(in super::super) async fn any(
            version: u8,
            MatchedPath(pattern): MatchedPath,
        ) -> String {
            format!("{version} {pattern}")
        }
    }
}

#[tokio::test]
async fn a_module_prefixes_its_routes_and_puts_its_layer_around_them() {
    let (_bg, mut client) = connected([route!(grouped::item), route!(grouped::deep::any)]).await;
    let item = client.send("GET", "/attributes/v1/2/items/7").await;
    assert_eq!(
        (item.text().as_str(), item.header("x-marked")),
        ("item 7 of version 2", Some("yes"))
    );
    let deep = client.send("GET", "/attributes/v1/2/deep/x").await;
    assert_eq!(deep.text(), "2 /attributes/v1/{version}/deep/{_any}");
    assert_eq!(deep.header("x-marked"), Some("yes"));
}

#[tokio::test]
async fn an_address_leads_to_its_route() {
    let mut server = Server::of([route!(user), route!(grouped::item)]);
    server.state("hello");
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let address = url!(user, team = "r&d/\u{e9} ?", id = 7);
    assert_eq!(address, "/attributes/r%26d%2F%C3%A9%20%3F/users/7");
    let answer = client.send("GET", &address).await;
    assert_eq!(answer.text(), "hello 7 of r&d/\u{e9} ?, page 1");
    let address = url!(grouped::item, version = 1, id = 2);
    assert_eq!(
        client.send("GET", &address).await.text(),
        "item 2 of version 1"
    );
}

static LAYERS_MADE: AtomicUsize = AtomicUsize::new(0);

/// Counts how often it is made. Only the collected server has it.
fn counted() -> FromFn<impl Fn(Request, Next) -> MarkedFuture + Clone + Send + Sync + 'static> {
    LAYERS_MADE.fetch_add(1, Ordering::Relaxed);
    marked()
}

#[routes("/attributes/once", layer = counted())]
mod once {
    use toolkit_zero::prelude::*;

    #[get("/a")]
    async fn a() {}

    #[get("/b")]
    async fn b() {}
}

#[tokio::test]
async fn a_collected_server_has_every_annotated_function_of_this_program() {
    let mut server = toolkit_zero::collected!();
    server.state("collected");
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/attributes/red/users/7").await;
    assert_eq!(answer.text(), "collected 7 of red, page 1");
    assert_eq!(client.send("GET", "/attributes/blocking").await.status, 200);
    let functions: Vec<_> = bg
        .routes()
        .snapshot()
        .iter()
        .map(|route| route.origin().function())
        .collect();
    for function in ["user", "make", "slow", "blocking", "several", "item", "any"] {
        assert!(functions.contains(&function), "{function}: {functions:?}");
    }
    for target in ["/attributes/once/a", "/attributes/once/b"] {
        let answer = client.send("GET", target).await;
        assert_eq!(
            (answer.status, answer.header("x-marked")),
            (200, Some("yes"))
        );
    }
    // The layer of a module is one for all its routes, so that limits are shared.
    assert_eq!(LAYERS_MADE.load(Ordering::Relaxed), 1);
}
