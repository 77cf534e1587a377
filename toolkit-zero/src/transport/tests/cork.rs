//! Answers that wait for the next one: what they wait for always comes.

use super::*;

#[tokio::test]
async fn a_line_break_after_a_request_holds_up_nothing() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    for _ in 0..3 {
        client
            .send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nok\r\n")
            .await;
        assert_eq!(client.answer().await.body, "ok");
    }
}

#[tokio::test]
async fn one_and_a_half_requests_get_one_answer_and_then_the_other() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /b HT")
        .await;
    assert_eq!(client.answer().await.body, "/a");
    client.send("TP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "/b");
}

#[tokio::test]
async fn an_answer_does_not_wait_for_a_slow_handler_behind_it() {
    let (accepting, trial) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    client
        .send([get("/a"), get("/hold"), get("/b")].concat())
        .await;
    assert_eq!(client.answer().await.body, "/a");
    trial.entered().await;
    trial.release();
    assert_eq!(client.answer().await.body, "held");
    assert_eq!(client.answer().await.body, "/b");
}

#[tokio::test]
async fn an_early_answer_does_not_wait_for_the_rest_of_its_request() {
    let (accepting, trial) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("GET /a HTTP/1.1\r\nhost: x\r\n\r\nPOST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.body, "/a");
    assert_eq!(client.answer().await.body, "early");
    client.send([b'x'; 40]).await;
    trial.entered().await;
}

#[tokio::test]
async fn answers_of_any_size_keep_their_order() {
    let (accepting, _) = start(&quick());
    let client = Client::connect(accepting.addr()).await;
    let (mut read, mut write) = client.stream.into_split();
    let sizes = [0, 1, 5000, 3, 4096, 4000, 90, 70_000, 2, 300_000, 1, 1];
    let requests: Vec<_> = sizes
        .iter()
        .enumerate()
        .map(|(nth, size)| {
            let body = format!("{}", nth % 10).repeat(*size);
            format!("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n{body}")
        })
        .collect();
    let sent = tokio::spawn(async move {
        write.write_all(requests.concat().as_bytes()).await.unwrap();
        write
    });
    let mut all = Vec::new();
    for (nth, size) in sizes.into_iter().enumerate() {
        let end = loop {
            let head = all.windows(4).position(|window| window == b"\r\n\r\n");
            match head {
                Some(head) if all.len() >= head + 4 + size => break head + 4,
                _ => assert!(within(read.read_buf(&mut all)).await.unwrap() > 0),
            }
        };
        let body = format!("{}", nth % 10).repeat(size);
        assert_eq!(&all[end..end + size], body.as_bytes());
        all.drain(..end + size);
    }
    drop(sent.await.unwrap());
}

#[tokio::test]
async fn the_last_of_many_is_out_before_the_connection_closes() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let get = |more: &str| format!("GET /a HTTP/1.1\r\nhost: x\r\n{more}\r\n");
    let requests = [get(""), get(""), get("connection: close\r\n"), get("")];
    client.send(requests.concat()).await;
    for _ in 0..3 {
        assert_eq!(client.answer().await.body, "/a");
    }
    client.closed().await.unwrap();
}

#[tokio::test]
async fn an_answer_that_waited_is_counted_by_the_drain() {
    let (accepting, trial) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    client.send([get("/hold"), get("/a")].concat()).await;
    trial.entered().await;
    let draining = accepting.drain();
    trial.release();
    assert!(client.answer().await.closes());
    let report = within(draining).await;
    assert_eq!((report.completed(), report.aborted()), (1, 0));
}
