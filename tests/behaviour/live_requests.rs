//! The live table while requests are served, and from inside handlers.

use tests::{Answer, Client};
use tokio::sync::{mpsc, watch};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{RouteError, SocketType};

use crate::support::{FREE, connected, says};

/// A route that tells when it was entered, and waits until it is released.
struct Gate {
    entered: mpsc::UnboundedReceiver<()>,
    release: watch::Sender<bool>,
}

#[track_caller]
fn gated(pattern: &str) -> (SocketType, Gate) {
    let (tell, entered) = mpsc::unbounded_channel();
    let (release, released) = watch::channel(false);
    let route = ServerMechanism::get(pattern).onconnect(move || {
        let (tell, mut released) = (tell.clone(), released.clone());
        async move {
            tell.send(()).unwrap();
            released.wait_for(|released| *released).await.unwrap();
            "finished"
        }
    });
    (route, Gate { entered, release })
}

/// What becomes of a request that has begun when `change` is made, and of one after it.
async fn around(change: impl FnOnce(&Routes)) -> (Answer, Answer) {
    let (route, mut gate) = gated("/slow");
    let (bg, mut slow) = connected([route]).await;
    slow.write("GET /slow HTTP/1.1\r\nhost: test\r\n\r\n").await;
    gate.entered.recv().await.unwrap();
    change(&bg.routes());
    let after = Client::connect(bg.addr()).await.send("GET", "/slow").await;
    gate.release.send(true).unwrap();
    (slow.answer().await, after)
}

#[tokio::test]
async fn a_request_in_flight_survives_whatever_becomes_of_its_route() {
    let (begun, after) = around(|routes| drop(routes.remove(&Method::GET, "/slow").unwrap())).await;
    assert_eq!((begun.text().as_str(), after.status), ("finished", 404));
    let (begun, after) = around(|routes| {
        routes.replace(says("/slow", "replaced")).unwrap();
    })
    .await;
    assert_eq!(
        (begun.text().as_str(), after.text().as_str()),
        ("finished", "replaced")
    );
    let (begun, after) = around(|routes| {
        routes.disable(&Method::GET, "/slow").unwrap();
    })
    .await;
    assert_eq!((begun.text().as_str(), after.status), ("finished", 503));
}

#[tokio::test]
async fn a_handler_changes_the_table_that_serves_it() {
    let (_bg, mut client) = connected([
        ServerMechanism::put("/plugins/{name}").onconnect(
            |Path(name): Path<String>, State(routes): State<Routes>| async move {
                let text = name.clone();
                let route = ServerMechanism::get(format!("/{name}")).onconnect(move || {
                    let text = text.clone();
                    async move { text }
                });
                match routes.add(route) {
                    Ok(generation) => reply!(json => generation, status => 201),
                    Err(error @ RouteError::Conflict { .. }) => {
                        Err(Problem::conflict().detail(error.to_string()))
                    }
                    Err(error) => Err(Problem::internal(error)),
                }
            },
        ),
        ServerMechanism::delete("/plugins/{name}").onconnect(
            |Path(name): Path<String>, State(routes): State<Routes>| async move {
                routes
                    .remove(&Method::GET, &format!("/{name}"))
                    .map(|_| NoContent)
            },
        ),
    ])
    .await;
    assert_eq!(client.send("GET", "/tea").await.status, 404);
    let added = client.send("PUT", "/plugins/tea").await;
    assert_eq!((added.status, added.text().as_str()), (201, "2"));
    assert_eq!(client.send("GET", "/tea").await.text(), "tea");
    assert_eq!(client.send("PUT", "/plugins/tea").await.status, 409);
    assert_eq!(client.send("DELETE", "/plugins/tea").await.status, 204);
    assert_eq!(client.send("DELETE", "/plugins/tea").await.status, 404);
    assert_eq!(client.send("GET", "/tea").await.status, 404);
}

#[tokio::test]
async fn a_handler_may_remove_itself() {
    let once = ServerMechanism::get("/once").onconnect(|State(routes): State<Routes>| async move {
        routes.remove(&Method::GET, "/once").map(|_| "once")
    });
    let (_bg, mut client) = connected([once]).await;
    assert_eq!(client.send("GET", "/once").await.text(), "once");
    assert_eq!(client.send("GET", "/once").await.status, 404);
}

#[tokio::test]
async fn a_live_route_takes_the_states_and_limits_of_its_server() {
    let mut server = Server::default();
    server.state(5_u8);
    server.limits(toolkit_zero::server::Limits::default().body(2));
    let mut bg = server.serve_managed(FREE);
    bg.mechanism(
        ServerMechanism::post("/live")
            .onconnect(|State(n): State<u8>, text: String| async move { format!("{n} {text}") }),
    )
    .await;
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(
        client.send_with("POST", "/live", "x/y", "ab").await.text(),
        "5 ab"
    );
    assert_eq!(
        client.send_with("POST", "/live", "x/y", "abc").await.status,
        413
    );
}

#[tokio::test]
async fn mechanisms_chain_and_a_conflict_is_a_value() {
    let (mut bg, mut client) = connected([]).await;
    bg.mechanism(says("/a", "a"))
        .await
        .mechanism(says("/b", "b"))
        .await;
    bg.try_mechanism(says("/c", "c")).await.unwrap();
    let error = bg.try_mechanism(says("/a", "again")).await.unwrap_err();
    assert!(matches!(error, RouteError::Conflict { .. }), "{error}");
    for target in ["/a", "/b", "/c"] {
        assert_eq!(client.send("GET", target).await.text(), target[1..]);
    }
}

#[tokio::test]
async fn mechanism_panics_with_the_sentence_of_try_mechanism_and_changes_nothing() {
    let (mut bg, mut client) = connected([says("/a", "a")]).await;
    let routes = bg.routes();
    let again = says("/a", "again");
    let sentence = bg
        .try_mechanism(again.clone())
        .await
        .unwrap_err()
        .to_string();
    let before = routes.generation();
    let panicked = tokio::spawn(async move {
        bg.mechanism(again).await;
    })
    .await
    .unwrap_err()
    .into_panic();
    assert_eq!(panicked.downcast_ref::<String>(), Some(&sentence));
    assert_eq!(routes.generation(), before);
    assert_eq!(client.send("GET", "/a").await.text(), "a");
}

#[tokio::test]
async fn a_handler_learns_its_address_and_stops_its_server() {
    let (bg, mut client) = connected([
        ServerMechanism::get("/addr")
            .onconnect(|State(control): State<Control>| async move { control.addr().to_string() }),
        ServerMechanism::post("/stop").onconnect(|State(control): State<Control>| async move {
            control.request_stop();
            control.request_stop();
            "stopping"
        }),
    ])
    .await;
    assert_eq!(
        client.send("GET", "/addr").await.text(),
        bg.addr().to_string()
    );
    assert_eq!(bg.control().addr(), bg.addr());
    let addr = bg.addr();
    assert_eq!(client.send("POST", "/stop").await.text(), "stopping");
    drop(client);
    bg.until_stopped().await;
    assert!(Client::try_connect(addr).await.is_err());
}

#[tokio::test]
async fn a_removed_route_lets_go_of_what_it_held() {
    let held = std::sync::Arc::new(());
    let route = |pattern: &str| {
        let held = std::sync::Arc::clone(&held);
        ServerMechanism::get(pattern).onconnect(move || {
            let _held = std::sync::Arc::clone(&held);
            async { "held" }
        })
    };
    let (bg, mut client) = connected([route("/a")]).await;
    let routes = bg.routes();
    routes.add(route("/b")).unwrap();
    assert_eq!(client.send("GET", "/b").await.text(), "held");
    assert_eq!(std::sync::Arc::strong_count(&held), 3);
    drop(routes.remove(&Method::GET, "/b"));
    drop(routes.replace(says("/a", "another")));
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
    assert_eq!(client.send("GET", "/a").await.text(), "another");
}
