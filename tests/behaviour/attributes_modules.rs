//! Modules of annotated functions: prefixes, layers, addresses, and all that a program declares.

use std::sync::atomic::{AtomicUsize, Ordering};

use tests::Client;
use toolkit_zero::middleware::{FromFn, Next};
use toolkit_zero::prelude::*;

use crate::attributes::{MarkedFuture, marked, user};
use crate::support::{FREE, connected};

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
    let address = url!(crate::attributes::user, team = "r&d/\u{e9} ?", id = 7);
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
    assert_eq!(
        client.send("GET", "/attributes/blocking/x").await.status,
        200
    );
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
