//! Layers of modules: their order, and that a server has each once.

use std::sync::atomic::{AtomicUsize, Ordering};

use tests::Client;
use toolkit_zero::middleware::{HttpLayer, Next, from_fn};
use toolkit_zero::prelude::*;

use crate::support::{FREE, connected};

/// Adds its name to `x-order`, innermost first, as the answer passes it.
fn named(name: &'static str) -> impl HttpLayer {
    from_fn(move |request: Request, next: Next| async move {
        let mut response = next.run(request).await;
        let value = http::HeaderValue::from_static(name);
        response.headers_mut().append("x-order", value);
        response
    })
}

fn order(answer: &tests::Answer) -> String {
    let names = answer.headers.iter().filter(|(name, _)| name == "x-order");
    let names: Vec<_> = names.map(|(_, value)| value.as_str()).collect();
    names.join(" ")
}

#[routes("/layers", layer = named("outer-1"), layer = named("outer-2"))]
mod outer {
    use toolkit_zero::prelude::*;

    #[get("/plain")]
    pub(super) async fn plain() {}

    #[routes("/inner", layer = super::named("inner"))]
    pub(super) mod inner {
        use toolkit_zero::prelude::*;

        #[get("/{id}", layer = super::super::named("route-1"), layer = super::super::named("route-2"))]
        pub(in super::super) async fn route(id: u8) -> String {
            id.to_string()
        }

        #[fallback]
        pub(in super::super) async fn nothing() -> StatusCode {
            StatusCode::GONE
        }
    }
}

#[tokio::test]
async fn an_answer_passes_the_layers_from_the_route_to_the_server() {
    let mut server = Server::of([
        route!(outer::plain),
        route!(outer::inner::route),
        route!(outer::inner::nothing),
    ]);
    server.layer(named("server"));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/layers/inner/7").await;
    assert_eq!(answer.text(), "7");
    let inner = "route-2 route-1 inner outer-2 outer-1 server";
    assert_eq!(order(&answer), inner);
    let answer = client.send("GET", "/layers/plain").await;
    assert_eq!(order(&answer), "outer-2 outer-1 server");
    // What the table answers by itself for a path has the layers of the path; a fallback those of its module.
    for (method, target, status, names) in [
        ("POST", "/layers/inner/7", 405, inner),
        ("OPTIONS", "/layers/inner/7", 204, inner),
        (
            "GET",
            "/layers/inner/x/y",
            410,
            "inner outer-2 outer-1 server",
        ),
        ("GET", "/layers/nothing", 404, "server"),
    ] {
        let answer = client.send(method, target).await;
        assert_eq!(
            (answer.status, order(&answer).as_str()),
            (status, names),
            "{method} {target}"
        );
    }
}

static MADE: AtomicUsize = AtomicUsize::new(0);

/// Counts how often it is made. The collected server of another test has it too, so only this test's part is looked at.
fn counted() -> impl HttpLayer {
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    from_fn(move |request: Request, next: Next| async move {
        let mut response = next.run(request).await;
        response.headers_mut().insert("x-number", number.into());
        response
    })
}

#[routes("/layers/counted", layer = counted())]
mod once {
    use toolkit_zero::prelude::*;

    #[get("/a")]
    pub(super) async fn a() {}

    #[get("/b")]
    pub(super) async fn b() {}

    #[get("/c")]
    pub(super) async fn c() {}
}

#[tokio::test]
async fn a_server_makes_the_layer_of_a_module_once_however_its_routes_come() {
    async fn number(client: &mut Client, path: &str) -> String {
        let answer = client.send("GET", &format!("/layers/counted/{path}")).await;
        answer.header("x-number").unwrap().to_owned()
    }
    let (bg, mut client) = connected([route!(once::a), route!(once::b)]).await;
    let first = number(&mut client, "a").await;
    assert_eq!(number(&mut client, "b").await, first);
    bg.routes().add(route!(once::c)).unwrap();
    assert_eq!(number(&mut client, "c").await, first);
    bg.routes().replace(route!(once::a)).unwrap();
    assert_eq!(number(&mut client, "a").await, first);
    let (_other, mut client) = connected([route!(once::a)]).await;
    assert_ne!(number(&mut client, "a").await, first);
}

#[routes("/layers/lost", layer = from_fn(|_: Request, next: Next| async move {
    next.run(http::Request::new(Body::empty()).into()).await
}))]
mod lost {
    use toolkit_zero::prelude::*;

    #[get("/a")]
    pub(super) async fn a() {}
}

#[tokio::test]
async fn a_layer_that_forgets_the_request_is_a_logged_500() {
    let (log, _guard) = crate::support::Log::listen();
    let (_bg, mut client) = connected([route!(lost::a)]).await;
    assert_eq!(client.send("GET", "/layers/lost/a").await.status, 500);
    assert!(
        log.errors()[0].contains("must keep the extensions"),
        "{:?}",
        log.errors()
    );
}
