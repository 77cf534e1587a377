//! A panic is a 500 for its request and for nothing else.

use tests::{Answer, Client};
use toolkit_zero::extract::FromRequest;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{OnDisconnect, SocketType};

use crate::support::{FREE, Log, connected, says};

fn explode() -> &'static str {
    panic!("the secret is {}", 42)
}

#[track_caller]
fn is_a_silent_500(answer: &Answer) {
    assert_eq!(answer.status, 500);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert!(!answer.text().contains("secret"), "{}", answer.text());
}

struct Explosive;

impl FromRequest for Explosive {
    type Rejection = Problem;

    async fn from_request(_: &mut Request) -> Result<Self, Problem> {
        explode();
        Ok(Self)
    }
}

fn panicking() -> Vec<SocketType> {
    vec![
        says("/ok", "ok"),
        ServerMechanism::get("/at-once").onconnect(|| async { explode() }),
        ServerMechanism::get("/later").onconnect(|| async {
            tokio::task::yield_now().await;
            explode()
        }),
        ServerMechanism::get("/before").onconnect(|| {
            explode();
            async { "never" }
        }),
        ServerMechanism::get("/blocking").onconnect_sync(explode),
        ServerMechanism::get("/finish")
            .onconnect(|| async { explode() })
            .on_disconnect(OnDisconnect::Finish),
        ServerMechanism::get("/timed")
            .onconnect(|| async { explode() })
            .timeout(std::time::Duration::from_hours(1)),
        ServerMechanism::get("/extractor").onconnect(|_: Explosive| async { "never" }),
        ServerMechanism::get("/layer")
            .onconnect(|| async { "never" })
            .layer(from_fn(|_: Request, _: Next| async { explode() })),
    ]
}

const TARGETS: [&str; 8] = [
    "/at-once",
    "/later",
    "/before",
    "/blocking",
    "/finish",
    "/timed",
    "/extractor",
    "/layer",
];

#[tokio::test]
async fn a_panic_is_a_500_and_the_connection_goes_on() {
    let (_bg, mut client) = connected(panicking()).await;
    for target in TARGETS {
        is_a_silent_500(&client.send("GET", target).await);
        assert_eq!(
            client.send("GET", "/ok").await.text(),
            "ok",
            "after {target}"
        );
    }
    let head = client.send("HEAD", "/at-once").await;
    assert_eq!(head.status, 500);
    assert_eq!(client.send("GET", "/ok").await.text(), "ok");
}

#[tokio::test]
async fn a_panic_is_logged_with_its_route_and_its_text() {
    let (log, _guard) = Log::listen();
    let (_bg, mut client) = connected(panicking()).await;
    for target in TARGETS {
        let before = log.errors().len();
        client.send("GET", target).await;
        let errors = log.errors();
        assert_eq!(errors.len(), before + 1, "{target}: {errors:?}");
        let line = &errors[before];
        assert!(
            line.contains(target) && line.contains("the secret is 42"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_panic_below_a_layer_of_the_server_is_a_500_too() {
    let mut server = Server::of(panicking());
    server.layer(from_fn(|request: Request, next: Next| async move {
        next.run(request).await
    }));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    for target in TARGETS {
        is_a_silent_500(&client.send("GET", target).await);
    }
    assert_eq!(client.send("GET", "/ok").await.text(), "ok");
}

#[tokio::test]
async fn a_panic_leaves_requests_beside_it_alone() {
    let (release, released) = tokio::sync::watch::channel(false);
    let (entered, mut in_handler) = tokio::sync::mpsc::unbounded_channel();
    let waiting = ServerMechanism::get("/waits").onconnect(move || {
        let (mut released, entered) = (released.clone(), entered.clone());
        async move {
            entered.send(()).unwrap();
            released.wait_for(|released| *released).await.unwrap();
            "waited"
        }
    });
    let (bg, mut beside) = connected(panicking().into_iter().chain([waiting])).await;
    beside
        .write("GET /waits HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    in_handler.recv().await.unwrap();
    let mut client = Client::connect(bg.addr()).await;
    for target in TARGETS {
        is_a_silent_500(&client.send("GET", target).await);
    }
    release.send(true).unwrap();
    assert_eq!(beside.answer().await.text(), "waited");
}
