//! What a drain keeps, and what it cuts.

use std::future::poll_fn;
use std::io::ErrorKind;
use std::task::Poll;

use super::*;

#[tokio::test]
async fn without_connections_a_drain_takes_no_time_and_frees_the_port() {
    let (accepting, trial) = start(&Limits::default());
    let addr = accepting.addr();
    let report = within(accepting.drain()).await;
    assert!(report.elapsed() < Duration::from_millis(200), "{report}");
    let refused = Client::try_connect(addr).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    Accepting::start(addr, trial, &quick()).unwrap();
}

#[tokio::test]
async fn a_request_in_flight_is_finished_and_told_that_it_was_the_last() {
    let (accepting, trial) = start(&quick());
    let addr = accepting.addr();
    let mut client = Client::connect(addr).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let draining = accepting.drain();
    trial.release();
    let answer = client.answer().await;
    assert_eq!(answer.body, "held");
    assert!(answer.closes());
    client.closed().await.unwrap();
    let report = within(draining).await;
    assert_eq!((report.completed(), report.aborted()), (1, 0));
    Accepting::start(addr, trial, &quick()).unwrap();
}

#[tokio::test]
async fn an_idle_connection_gets_its_next_request_answered() {
    let (accepting, _) = start(&quick().linger(Duration::from_secs(10)));
    let mut client = Client::connect(accepting.addr()).await;
    assert!(!client.get("/a").await.closes());
    let draining = accepting.drain();
    let answer = client.get("/b").await;
    assert_eq!(answer.body, "/b");
    assert!(answer.closes());
    let report = within(draining).await;
    assert_eq!((report.completed(), report.aborted()), (1, 0));
}

#[tokio::test]
async fn a_client_of_http_1_0_is_told_that_it_was_the_last() {
    let (accepting, trial) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("GET /hold HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
        .await;
    trial.entered().await;
    let draining = accepting.drain();
    trial.release();
    let answer = client.answer().await;
    assert_eq!(answer.body, "held");
    assert!(answer.closes() && !answer.head.contains("keep-alive"));
    client.closed().await.unwrap();
    within(draining).await;
}

#[tokio::test]
async fn a_connection_that_stays_idle_is_closed_after_its_linger() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client.get("/a").await;
    let report = within(accepting.drain()).await;
    assert!(report.elapsed() >= Duration::from_millis(100), "{report}");
    assert_eq!((report.completed(), report.aborted()), (0, 0));
    client.closed().await.unwrap();
}

#[tokio::test]
async fn a_client_that_connects_while_others_finish_is_served() {
    let (accepting, trial) = start(&quick().linger(Duration::from_secs(10)));
    let addr = accepting.addr();
    let mut client = Client::connect(addr).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let draining = accepting.drain();
    let mut late = Client::connect(addr).await;
    assert!(late.get("/late").await.closes());
    trial.release();
    assert_eq!(client.answer().await.body, "held");
    assert_eq!(within(draining).await.completed(), 2);
}

#[tokio::test]
async fn the_queue_is_emptied_before_the_listener_closes() {
    // One connection at a time: the others are in the kernel's queue when the signal comes.
    let (accepting, trial) = start(&quick().connections(1).linger(Duration::ZERO));
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut client = Client::connect(accepting.addr()).await;
        client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
        clients.push(client);
    }
    trial.entered().await;
    let draining = accepting.drain();
    for _ in &clients {
        trial.release();
    }
    for client in &mut clients {
        assert_eq!(client.answer().await.body, "held");
    }
    let report = within(draining).await;
    assert_eq!((report.completed(), report.aborted()), (20, 0));
}

#[tokio::test]
async fn without_linger_idle_connections_are_closed_at_once() {
    let (accepting, _) = start(&Limits::default().linger(Duration::ZERO));
    let mut client = Client::connect(accepting.addr()).await;
    client.get("/a").await;
    let _silent = Client::connect(accepting.addr()).await;
    let report = within(accepting.drain()).await;
    assert!(report.elapsed() < Duration::from_millis(500), "{report}");
    client.closed().await.unwrap();
}

#[tokio::test]
async fn the_deadline_cuts_and_counts() {
    let (accepting, trial) = start(&quick().drain(Duration::from_millis(50)));
    let addr = accepting.addr();
    let mut held = Client::connect(addr).await;
    held.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let mut half = Client::connect(addr).await;
    half.send("GET / HT").await;
    let mut idle = Client::connect(addr).await;
    idle.get("/a").await;
    let report = within(accepting.drain()).await;
    assert_eq!((report.completed(), report.aborted()), (0, 2), "{report}");
    assert!(held.try_answer().await.is_err());
    Accepting::start(addr, trial, &quick()).unwrap();
}

#[tokio::test]
async fn a_dropped_drain_goes_on() {
    let (accepting, trial) = start(&quick());
    let addr = accepting.addr();
    let mut client = Client::connect(addr).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    drop(accepting.drain());
    trial.release();
    assert!(client.answer().await.closes());
    client.closed().await.unwrap();
}

#[tokio::test]
async fn two_drains_at_once_are_independent() {
    let (mut accepting, trial) = start(&quick());
    let addr = accepting.addr();
    let mut first = Client::connect(addr).await;
    first.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let mut one = accepting.succeed(addr.into()).unwrap();
    let mut second = Client::connect(addr).await;
    second.get("/a").await;
    let two = accepting.drain();
    assert!(second.get("/b").await.closes());
    assert_eq!(within(two).await.completed(), 1);
    let pending = poll_fn(|cx| Poll::Ready(Pin::new(&mut one).poll(cx).is_pending())).await;
    assert!(pending);
    trial.release();
    assert!(first.answer().await.closes());
    assert_eq!(within(one).await.completed(), 1);
}

#[tokio::test]
async fn a_client_that_pipelines_gets_the_last_answer_and_no_reset() {
    let (accepting, trial) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let draining = accepting.drain();
    for _ in 0..1000 {
        client.send("GET /more HTTP/1.1\r\nhost: x\r\n\r\n").await;
    }
    trial.release();
    let answer = client.answer().await;
    assert_eq!(answer.body, "held");
    assert!(answer.closes());
    client.closed().await.unwrap();
    drop(client);
    assert_eq!(within(draining).await.completed(), 1);
}

#[tokio::test]
async fn an_upgraded_connection_is_told_and_finishes() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("GET /upgrade HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n")
        .await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 101);
    assert!(!answer.closes());
    client.send("hello").await;
    while client.read.len() < 5 {
        client.read_more().await.unwrap();
    }
    let draining = accepting.drain();
    // The handler hears the signal, says goodbye and closes.
    client.read.clear();
    while !client.read.ends_with(b"bye") {
        client.read_more().await.unwrap();
    }
    client.closed().await.unwrap();
    assert_eq!(within(draining).await.aborted(), 0);
}

#[tokio::test]
async fn an_upgraded_connection_is_cut_at_the_deadline() {
    for path in ["/deaf", "/stuck"] {
        let (accepting, trial) = start(&quick().drain(Duration::from_millis(50)));
        let mut client = Client::connect(accepting.addr()).await;
        client
            .send(format!(
                "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"
            ))
            .await;
        assert_eq!(client.answer().await.status(), 101);
        trial.entered().await;
        let report = within(accepting.drain()).await;
        assert_eq!(report.aborted(), 1, "{path}");
        assert!(report.elapsed() < Duration::from_secs(5), "{report}");
        trial.release();
    }
}

async fn upgraded(addr: SocketAddr, path: &str) -> Client {
    let mut client = Client::connect(addr).await;
    client
        .send(format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"
        ))
        .await;
    assert_eq!(client.answer().await.status(), 101);
    client
}

#[tokio::test]
async fn an_upgraded_connection_that_was_told_and_stays_is_counted_once() {
    let (accepting, trial) = start(&quick().drain(Duration::from_millis(50)));
    let _client = upgraded(accepting.addr(), "/grudge").await;
    trial.entered().await;
    let draining = accepting.drain();
    trial.entered().await;
    assert_eq!(within(draining).await.aborted(), 1);
    trial.release();
}

#[tokio::test]
async fn both_halves_of_an_upgraded_connection_hear_that_it_is_cut() {
    let (accepting, trial) = start(&quick().drain(Duration::from_millis(50)));
    let _client = upgraded(accepting.addr(), "/split").await;
    trial.entered().await;
    let draining = accepting.drain();
    trial.entered().await;
    trial.entered().await;
    assert_eq!(within(draining).await.aborted(), 1);
}

#[tokio::test]
async fn a_drain_can_be_cut_short() {
    let (accepting, trial) = start(&Limits::default());
    let mut client = Client::connect(accepting.addr()).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let draining = accepting.drain();
    draining.cut();
    let report = within(draining).await;
    assert_eq!(report.aborted(), 1);
    assert!(report.elapsed() < Duration::from_millis(500), "{report}");
}
