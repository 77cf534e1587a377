//! Connections at rest. In these tests every idle connection is parked.

use super::*;

#[tokio::test]
async fn a_parked_connection_answers_its_next_request() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    for nth in 0..20 {
        assert_eq!(client.get(&format!("/{nth}")).await.body, format!("/{nth}"));
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_has_come_of_a_next_request_is_not_lost() {
    let (accepting, _) = start(&quick());
    let mut client = Client::connect(accepting.addr()).await;
    let request = "GET /next HTTP/1.1\r\nhost: x\r\n\r\n";
    for cut in 0..request.len() {
        let (first, rest) = request.split_at(cut);
        client
            .send(format!("GET /first HTTP/1.1\r\nhost: x\r\n\r\n{first}"))
            .await;
        assert_eq!(client.answer().await.body, "/first");
        client.send(rest).await;
        assert_eq!(client.answer().await.body, "/next", "cut at {cut}");
    }
}

#[tokio::test]
async fn empty_lines_after_a_request_do_not_begin_the_next() {
    let limits = quick().header_read(Duration::from_millis(40));
    let (accepting, _) = start(&limits);
    let mut client = Client::connect(accepting.addr()).await;
    client
        .send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nok\r\n")
        .await;
    assert_eq!(client.answer().await.body, "ok");
    // Longer than a head may take: an answer that came without a request would be read here.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(client.get("/next").await.body, "/next");
}

#[tokio::test]
async fn a_parked_connection_is_closed_when_it_was_idle_for_too_long() {
    let (accepting, _) = start(&quick().idle(Duration::from_millis(40)));
    let mut client = Client::connect(accepting.addr()).await;
    assert_eq!(client.get("/a").await.body, "/a");
    client.closed().await.unwrap();
}

#[tokio::test]
async fn a_parked_connection_ends_with_its_client() {
    let (accepting, _) = start(&quick().linger(Duration::from_mins(10)));
    let mut client = Client::connect(accepting.addr()).await;
    assert_eq!(client.get("/a").await.body, "/a");
    drop(client);
    // It would linger for longer than the test.
    let report = within(accepting.drain()).await;
    assert_eq!((report.completed(), report.aborted()), (0, 0));
}

#[tokio::test]
async fn a_parked_connection_is_answered_while_it_lingers() {
    let (accepting, _) = start(&quick().linger(Duration::from_mins(10)));
    let mut client = Client::connect(accepting.addr()).await;
    assert_eq!(client.get("/a").await.body, "/a");
    let draining = accepting.drain();
    let answer = client.get("/b").await;
    assert_eq!(answer.body, "/b");
    assert!(answer.closes());
    assert_eq!(within(draining).await.completed(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn split_pipelined_slow_and_reconnecting_clients_lose_nothing() {
    let (accepting, _) = start(&quick());
    let addr = accepting.addr();
    let clients: Vec<_> = (0..32_usize)
        .map(|number| {
            tokio::spawn(async move {
                let mut client = Client::connect(addr).await;
                for round in 0..60 {
                    match (number + round) % 5 {
                        0 => assert_eq!(client.get("/plain").await.body, "/plain"),
                        1 => split(&mut client, round).await,
                        2 => pipelined(&mut client, 2 + round % 7).await,
                        3 => slow(&mut client).await,
                        _ => {
                            client = Client::connect(addr).await;
                            assert_eq!(client.get("/again").await.body, "/again");
                        }
                    }
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}

async fn split(client: &mut Client, at: usize) {
    let request = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nsplit";
    let (first, rest) = request.split_at(1 + at % (request.len() - 1));
    client.send(first).await;
    tokio::task::yield_now().await;
    client.send(rest).await;
    assert_eq!(client.answer().await.body, "split");
}

async fn pipelined(client: &mut Client, count: usize) {
    let requests: Vec<_> = (0..count)
        .map(|nth| format!("GET /{nth} HTTP/1.1\r\nhost: x\r\n\r\n"))
        .collect();
    client.send(requests.concat()).await;
    for nth in 0..count {
        assert_eq!(client.answer().await.body, format!("/{nth}"));
    }
}

async fn slow(client: &mut Client) {
    for byte in b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.answer().await.body, "/slow");
}
