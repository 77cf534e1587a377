//! HTTP/1 as it goes well, and as clients misuse it.

use super::*;

#[tokio::test]
async fn the_first_connect_succeeds_and_the_connection_is_kept() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    for path in ["/a", "/b", "/c"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status(), answer.body.as_str()), (200, path));
        assert!(!answer.closes());
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let requests: Vec<_> = (0..50)
        .map(|i| format!("GET /{i} HTTP/1.1\r\nhost: x\r\n\r\n"))
        .collect();
    client.send(requests.concat()).await;
    for i in 0..50 {
        assert_eq!(client.answer().await.body, format!("/{i}"));
    }
}

#[tokio::test]
async fn a_request_may_arrive_byte_by_byte() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client.stream.set_nodelay(true).unwrap();
    for byte in b"PUT /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nok" {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.answer().await.body, "ok");
}

#[tokio::test]
async fn a_connection_knows_its_ends() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let peer = client.stream.local_addr().unwrap();
    let expected = format!("{peer} {} false", accepting.addr());
    assert_eq!(client.get("/where").await.body, expected);
}

#[tokio::test]
async fn a_client_gets_the_answer_to_a_body_nobody_reads() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let length = 4 << 20;
    client
        .send(format!(
            "POST /refuse HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n"
        ))
        .await;
    // All of it, without looking at the answer: a reset would show in the write or in the read.
    client.send(vec![b'x'; length]).await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 413);
    assert!(answer.closes());
    client.closed().await.unwrap();
}

#[tokio::test]
async fn a_small_body_nobody_reads_keeps_the_connection() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("POST /refuse HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello")
        .await;
    assert_eq!(client.answer().await.status(), 413);
    assert_eq!(client.get("/next").await.body, "/next");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let long = "x".repeat(200 << 10);
    client
        .send(format!("GET / HTTP/1.1\r\nhost: x\r\nlong: {long}\r\n\r\n"))
        .await;
    assert_eq!(client.answer().await.status(), 431);
    client.closed().await.unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_handler() {
    let (accepting, trial) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    drop(client);
    let report = within(accepting.drain()).await;
    assert_eq!((report.completed(), report.aborted()), (0, 0));
}
