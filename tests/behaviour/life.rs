//! The life of a running server: its address, moves, stops, and those who ask for them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tests::Client;
use tokio::sync::{Notify, Semaphore};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::{BootError, Limits, RebindError};

use crate::support::{FREE, Log, says, serve};

/// A handler that tells when it runs and answers when it is let.
fn held() -> (SocketType, Arc<Semaphore>, Arc<Semaphore>) {
    let (inside, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (entered, let_go) = (Arc::clone(&inside), Arc::clone(&go));
    let route = ServerMechanism::get("/held").onconnect(move || {
        let (inside, go) = (Arc::clone(&entered), Arc::clone(&let_go));
        async move {
            inside.add_permits(1);
            go.acquire().await.unwrap().forget();
            "held"
        }
    });
    (route, inside, go)
}

fn quick(routes: impl IntoIterator<Item = SocketType>) -> BackgroundServer {
    let mut server = Server::of(routes);
    server.limits(Limits::default().linger(Duration::ZERO));
    server.serve_managed(FREE)
}

#[tokio::test]
async fn the_first_connect_succeeds_and_port_0_tells_the_real_port() {
    let bg = Server::of([says("/", "here")]).serve_managed(FREE);
    assert_ne!(bg.addr().port(), 0);
    // Synchronous: nothing of the server has been polled yet.
    let stream = std::net::TcpStream::connect(bg.addr()).unwrap();
    assert_eq!(stream.peer_addr().unwrap(), bg.addr());
}

#[tokio::test]
async fn stop_finishes_what_was_begun_and_frees_the_port() {
    let (route, inside, go) = held();
    let bg = quick([route]);
    let addr = bg.addr();
    let mut client = Client::connect(addr).await;
    client
        .write("GET /held HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    inside.acquire().await.unwrap().forget();
    let stopping = tokio::spawn(bg.stop());
    go.add_permits(1);
    let answer = client.answer().await;
    assert_eq!(
        (answer.text().as_str(), answer.header("connection")),
        ("held", Some("close"))
    );
    let report = stopping.await.unwrap();
    assert_eq!((report.completed(), report.aborted()), (1, 0));
    drop(TcpListener::bind(addr).unwrap());
}

#[tokio::test]
async fn a_rebind_carries_over_declared_and_live_routes() {
    let mut bg = quick([says("/declared", "declared")]);
    bg.mechanism(says("/live", "live")).await;
    let old = bg.addr();
    bg.rebind(FREE).await;
    assert_ne!(bg.addr(), old);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/declared").await.text(), "declared");
    assert_eq!(client.send("GET", "/live").await.text(), "live");
    assert!(
        Client::try_connect(old).await.is_err(),
        "the old address is given up"
    );
    bg.mechanism(says("/later", "later")).await;
    assert_eq!(client.send("GET", "/later").await.text(), "later");
}

#[tokio::test]
async fn a_request_in_flight_on_the_old_address_is_finished() {
    let (route, inside, go) = held();
    let mut bg = quick([route]);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /held HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    inside.acquire().await.unwrap().forget();
    let control = bg.control();
    let old = control.addr();
    let moving = tokio::spawn(async move { bg.try_rebind(FREE).await.map(|report| (bg, report)) });
    // The new address serves while the old one drains.
    while control.addr() == old {
        tokio::task::yield_now().await;
    }
    let mut other = Client::connect(control.addr()).await;
    go.add_permits(2);
    assert_eq!(other.send("GET", "/held").await.text(), "held");
    assert_eq!(client.answer().await.text(), "held");
    let (_bg, report) = moving.await.unwrap().unwrap();
    assert_eq!((report.completed(), report.aborted()), (1, 0));
}

#[tokio::test]
async fn a_refused_rebind_leaves_the_old_address_serving() {
    let taken = TcpListener::bind(SocketAddr::from(FREE)).unwrap();
    let to = taken.local_addr().unwrap();
    let mut bg = quick([says("/", "here")]);
    let addr = bg.addr();
    let mut client = Client::connect(addr).await;
    assert_eq!(client.send("GET", "/").await.text(), "here");
    let error = bg.try_rebind(to).await.unwrap_err();
    assert!(
        matches!(error, RebindError::Bind { ref addr, .. } if *addr == to),
        "{error}"
    );
    assert_eq!(bg.addr(), addr);
    let answer = client.send("GET", "/").await;
    assert_eq!(
        (answer.text().as_str(), answer.header("connection")),
        ("here", None)
    );

    let sentence = error.to_string();
    let panic = tokio::spawn(async move { bg.rebind(to).await })
        .await
        .unwrap_err()
        .into_panic();
    assert_eq!(
        panic.downcast_ref::<String>(),
        Some(&sentence),
        "the twin says the same"
    );
    assert_eq!(client.send("GET", "/").await.text(), "here");
}

#[tokio::test]
async fn a_rebind_that_is_dropped_has_moved_and_drains_by_itself() {
    let (route, inside, go) = held();
    let mut bg = quick([route]);
    let old = bg.addr();
    let mut client = Client::connect(old).await;
    client
        .write("GET /held HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    inside.acquire().await.unwrap().forget();
    {
        let moving = bg.try_rebind(FREE);
        tokio::pin!(moving);
        tokio::select! {
            biased;
            _ = &mut moving => panic!("a request is in flight, so the drain is not over"),
            () = std::future::ready(()) => {}
        }
    }
    assert_ne!(bg.addr(), old);
    go.add_permits(1);
    assert_eq!(client.answer().await.text(), "held");
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn dropping_the_handle_leaves_the_server_running() {
    let bg = serve([says("/", "here")]);
    let addr = bg.addr();
    drop(bg);
    assert_eq!(
        Client::connect(addr).await.send("GET", "/").await.text(),
        "here"
    );
}

#[tokio::test]
async fn a_handler_stops_its_own_server_through_the_control() {
    let stop =
        ServerMechanism::post("/stop").onconnect(|State(control): State<Control>| async move {
            control.request_stop();
            control.request_stop();
            "stopping"
        });
    let bg = quick([stop]);
    let addr = bg.addr();
    let mut client = Client::connect(addr).await;
    let waiting = tokio::spawn(bg.until_stopped());
    assert_eq!(client.send("POST", "/stop").await.text(), "stopping");
    assert_eq!(waiting.await.unwrap().aborted(), 0);
    assert!(Client::try_connect(addr).await.is_err());
}

#[tokio::test]
async fn a_handler_moves_its_own_server_through_the_control() {
    let route =
        ServerMechanism::post("/move").onconnect(|State(control): State<Control>| async move {
            control.request_rebind(FREE);
            "moving"
        });
    let bg = quick([route]);
    let old = bg.addr();
    assert_eq!(
        Client::connect(old)
            .await
            .send("POST", "/move")
            .await
            .text(),
        "moving"
    );
    while bg.addr() == old {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        Client::connect(bg.addr())
            .await
            .send("POST", "/move")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_refused_move_through_the_control_is_logged_and_changes_nothing() {
    let (log, _guard) = Log::listen();
    let taken = TcpListener::bind(SocketAddr::from(FREE)).unwrap();
    let bg = quick([says("/", "here")]);
    let addr = bg.addr();
    bg.control().request_rebind(taken.local_addr().unwrap());
    while log.errors().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(
        log.errors()[0].contains("cannot be bound"),
        "{:?}",
        log.errors()
    );
    assert_eq!(bg.addr(), addr);
    assert_eq!(
        Client::connect(addr).await.send("GET", "/").await.text(),
        "here"
    );
}

#[tokio::test]
async fn a_stopped_server_refuses_to_move() {
    let mut bg = quick([]);
    bg.control().request_stop();
    let to = SocketAddr::from(FREE);
    let error = loop {
        match bg.try_rebind(to).await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, RebindError::Stopped { .. }), "{error}");
    assert_eq!(bg.stop().await.aborted(), 0);
}

#[tokio::test]
async fn the_deadline_of_a_stop_cuts_and_counts() {
    let (route, inside, _go) = held();
    let mut server = Server::of([route]);
    server.limits(
        Limits::default()
            .linger(Duration::ZERO)
            .drain(Duration::ZERO),
    );
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /held HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    inside.acquire().await.unwrap().forget();
    assert_eq!(bg.stop().await.aborted(), 1);
    assert!(client.try_answer(true).await.is_none());
}

#[tokio::test]
async fn a_long_answer_is_told_of_the_stop() {
    let begun = Arc::new(Notify::new());
    let inside = Arc::clone(&begun);
    let route = ServerMechanism::get("/long").onconnect(move |shutdown: Shutdown| {
        let inside = Arc::clone(&inside);
        async move {
            assert!(!shutdown.is_requested());
            inside.notify_one();
            shutdown.requested().await;
            "told"
        }
    });
    let bg = quick([route]);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /long HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    begun.notified().await;
    let stopping = tokio::spawn(bg.stop());
    assert_eq!(client.answer().await.text(), "told");
    assert_eq!(stopping.await.unwrap().completed(), 1);
}

#[tokio::test]
async fn a_taken_address_is_an_error_and_not_a_task() {
    let bg = serve([]);
    match Server::default().try_serve_managed(bg.addr()) {
        Err(BootError::Bind { addr, source, .. }) => {
            assert_eq!(addr, bg.addr());
            assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn run_inside_a_runtime_is_refused_with_the_remedy() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let error = runtime
        .block_on(async { Server::default().run(FREE) })
        .unwrap_err();
    assert!(error.to_string().contains("until_stopped"), "{error}");
}
