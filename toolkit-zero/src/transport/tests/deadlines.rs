//! What happens to clients that are too slow.

use std::time::Instant;

use super::*;

const SHORT: Duration = Duration::from_millis(60);

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed() {
    let (accepting, _) = start(&quick().first_byte(SHORT));
    let begun = Instant::now();
    let mut client = Client::connect(accepting.addr()).await;
    client.closed().await.unwrap();
    assert!(begun.elapsed() >= SHORT);
}

#[tokio::test]
async fn a_head_that_does_not_end_is_answered_408() {
    let (accepting, _) = start(&quick().header_read(SHORT));
    for opening in ["G", "PRI * HT", "GET / HTTP/1.1\r\nhost: x\r\n"] {
        let mut client = Client::connect(accepting.addr()).await;
        client.send(opening).await;
        let answer = client.answer().await;
        assert_eq!(answer.status(), 408, "{opening}");
        assert!(answer.closes());
        client.closed().await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_second_head_is_answered_408_too() {
    let (accepting, _) = start(&quick().header_read(SHORT));
    let mut client = Client::connect(accepting.addr()).await;
    assert_eq!(client.get("/a").await.status(), 200);
    client.send("GET /b HT").await;
    assert_eq!(client.answer().await.status(), 408);
}

#[tokio::test]
async fn a_head_that_came_half_with_the_request_before_is_not_taken_for_idle() {
    let (accepting, _) = start(&quick().idle(SHORT).header_read(SHORT * 4));
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /b HTTP")
        .await;
    assert_eq!(client.answer().await.body, "/a");
    // Past the idle limit hyper is taken apart, and its buffer goes on in another one; past the
    // limit of a head it is answered.
    assert_eq!(client.answer().await.status(), 408);
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let (accepting, _) = start(&quick().idle(SHORT));
    let mut client = Client::connect(accepting.addr()).await;
    assert_eq!(client.get("/a").await.status(), 200);
    let idle = Instant::now();
    client.closed().await.unwrap();
    assert!(idle.elapsed() >= SHORT / 2);
}

#[tokio::test]
async fn a_handler_has_no_deadline_here() {
    let (accepting, trial) = start(&quick().idle(SHORT).header_read(SHORT).first_byte(SHORT));
    let mut slow = Client::connect(accepting.addr()).await;
    slow.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    // Another connection lives through all the deadlines meanwhile.
    let mut other = Client::connect(accepting.addr()).await;
    other.send("G").await;
    assert_eq!(other.answer().await.status(), 408);
    trial.release();
    assert_eq!(slow.answer().await.body, "held");
}

#[tokio::test]
async fn past_the_limit_of_connections_a_client_waits() {
    let (accepting, trial) = start(&quick().connections(1));
    let mut first = Client::connect(accepting.addr()).await;
    first
        .send("GET /hold HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    trial.entered().await;
    let mut second = Client::connect(accepting.addr()).await;
    second.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut third = Client::connect(accepting.addr()).await;
    third.send("GET /b HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.release();
    assert_eq!(first.answer().await.body, "held");
    trial.entered().await;
    trial.release();
    assert_eq!(second.answer().await.body, "held");
    drop(second);
    assert_eq!(third.answer().await.body, "/b");
}

#[tokio::test]
async fn an_upload_that_was_answered_early_is_not_idle() {
    let (accepting, trial) = start(&quick().idle(SHORT * 4));
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.status(), 200);
    let mut pace = tokio::time::interval(SHORT / 2);
    for _ in 0..40 {
        pace.tick().await;
        client.send("x").await;
    }
    trial.entered().await;
    assert_eq!(client.get("/next").await.body, "/next");
}
