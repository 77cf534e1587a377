//! What a server does at once, and for how long: bodies in memory, blocking handlers, connections, handler time.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use tests::Client;
use tokio::sync::Semaphore;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::Limits;

use crate::support::{FREE, problem, says};

fn serve(routes: impl IntoIterator<Item = SocketType>, limits: Limits) -> BackgroundServer {
    let mut server = Server::of(routes);
    server.limits(limits.linger(Duration::ZERO));
    server.serve_managed(FREE)
}

#[tokio::test]
async fn past_the_budget_of_bodies_a_large_one_is_503_until_there_is_room() {
    let (inside, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (entered, let_go) = (Arc::clone(&inside), Arc::clone(&go));
    let hold = ServerMechanism::post("/hold").onconnect(move |bytes: Bytes| {
        let (inside, go) = (Arc::clone(&entered), Arc::clone(&let_go));
        async move {
            inside.add_permits(1);
            go.acquire().await.unwrap().forget();
            bytes.len().to_string()
        }
    });
    let take = ServerMechanism::post("/take")
        .onconnect(|bytes: Bytes| async move { bytes.len().to_string() });
    let bg = serve(
        [hold, take],
        Limits::default().body(150_000).buffered(150_000),
    );
    let large = "x".repeat(100_000);
    let mut holding = Client::connect(bg.addr()).await;
    let length = large.len();
    holding
        .write(format!(
            "POST /hold HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{large}"
        ))
        .await;
    inside.acquire().await.unwrap().forget();

    let mut other = Client::connect(bg.addr()).await;
    let answer = other.send_with("POST", "/take", "x/y", &large).await;
    problem(&answer, 503, "/take");
    assert_eq!(answer.header("retry-after"), Some("1"));
    // A small one has room in the connection's own buffer.
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(
        other
            .send_with("POST", "/take", "x/y", "small")
            .await
            .text(),
        "5"
    );

    go.add_permits(1);
    assert_eq!(holding.answer().await.text(), "100000");
    assert_eq!(
        other.send_with("POST", "/take", "x/y", &large).await.text(),
        "100000"
    );
}

#[tokio::test]
async fn a_body_counts_while_a_blocking_handler_has_it_though_its_client_has_left() {
    let (go, wait) = channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let (inside, mut entered) = tokio::sync::mpsc::unbounded_channel();
    let (done, mut left) = tokio::sync::mpsc::unbounded_channel();
    let hold = ServerMechanism::post("/hold")
        .onconnect_sync(move |bytes: Bytes| {
            inside.send(()).unwrap();
            // The test ends by dropping its end.
            wait.lock().unwrap().recv().unwrap_err();
            bytes.len().to_string()
        })
        .layer(from_fn(move |request: Request, next: Next| {
            let tells = Tells(done.clone());
            async move {
                let answer = next.run(request).await;
                drop(tells);
                answer
            }
        }));
    let take = ServerMechanism::post("/take")
        .onconnect(|bytes: Bytes| async move { bytes.len().to_string() });
    let bg = serve(
        [hold, take],
        Limits::default().body(150_000).buffered(150_000),
    );
    let large = "x".repeat(100_000);
    let mut holding = Client::connect(bg.addr()).await;
    let length = large.len();
    holding
        .write(format!(
            "POST /hold HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{large}"
        ))
        .await;
    entered.recv().await.unwrap();
    drop(holding);
    left.recv().await.unwrap();
    let mut other = Client::connect(bg.addr()).await;
    let answer = other.send_with("POST", "/take", "x/y", &large).await;
    problem(&answer, 503, "/take");
    drop(go);
}

/// Tells when it is dropped.
struct Tells(tokio::sync::mpsc::UnboundedSender<()>);

impl Drop for Tells {
    fn drop(&mut self) {
        // Whoever waited may be gone.
        self.0.send(()).ok();
    }
}

#[tokio::test]
async fn past_the_limits_of_blocking_handlers_the_answer_is_503() {
    let (go, wait) = channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let (inside, entered) = tokio::sync::mpsc::unbounded_channel();
    let route = ServerMechanism::get("/block").onconnect_sync(move || {
        inside.send(()).unwrap();
        wait.lock().unwrap().recv().unwrap();
        "done"
    });
    let limits = Limits::default().blocking_running(1).blocking_waiting(1);
    let bg = serve([route], limits);
    let mut entered = entered;
    let mut running = Client::connect(bg.addr()).await;
    running
        .write("GET /block HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    entered.recv().await.unwrap();
    // One of the next two waits, the other is refused: whichever comes second.
    let ask = |addr| async move { Client::connect(addr).await.send("GET", "/block").await };
    let mut others = [tokio::spawn(ask(bg.addr())), tokio::spawn(ask(bg.addr()))];
    let [first, second] = &mut others;
    let (refused, waiting) = tokio::select! {
        answer = first => (answer.unwrap(), &mut others[1]),
        answer = second => (answer.unwrap(), &mut others[0]),
    };
    problem(&refused, 503, "/block");
    assert_eq!(refused.header("retry-after"), Some("1"));
    go.send(()).unwrap();
    go.send(()).unwrap();
    assert_eq!(running.answer().await.text(), "done");
    assert_eq!(waiting.await.unwrap().text(), "done");
}

#[tokio::test]
async fn past_the_limit_of_connections_a_client_waits_for_its_turn() {
    let bg = serve([says("/", "here")], Limits::default().connections(1));
    let mut first = Client::connect(bg.addr()).await;
    assert_eq!(first.send("GET", "/").await.text(), "here");
    let mut second = Client::connect(bg.addr()).await;
    second.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(first.send("GET", "/").await.text(), "here");
    drop(first);
    assert_eq!(second.answer().await.text(), "here");
}

#[tokio::test]
async fn the_servers_timeout_holds_where_a_route_has_none() {
    let never = |pattern: &str| {
        ServerMechanism::get(pattern).onconnect(|| async {
            std::future::pending::<()>().await;
        })
    };
    let patient = ServerMechanism::get("/patient")
        .onconnect(|| async { tokio::task::yield_now().await })
        .timeout(Duration::MAX);
    let mut server = Server::of([never("/never"), patient, says("/", "here")]);
    server.timeout(Duration::from_millis(40));
    let mut bg = server.serve_managed(FREE);
    bg.mechanism(never("/live")).await;
    bg.mechanism(never("/shorter").timeout(Duration::from_millis(1)))
        .await;
    let mut client = Client::connect(bg.addr()).await;
    for (target, limit) in [("/never", "40ms"), ("/live", "40ms"), ("/shorter", "1ms")] {
        let document = problem(&client.send("GET", target).await, 503, target);
        let detail = document["detail"].as_str().unwrap();
        assert!(detail.ends_with(limit), "{detail}");
    }
    assert_eq!(client.send("GET", "/patient").await.status, 200);
    assert_eq!(client.send("GET", "/").await.text(), "here");
}
