//! HTTP/2 by prior knowledge.

use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinHandle;

use super::*;

type Driver = JoinHandle<hyper::Result<()>>;

async fn connect(addr: SocketAddr) -> (SendRequest<Empty<Bytes>>, Driver) {
    let stream = TcpStream::connect(addr).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, driver) = within(handshake(TokioExecutor::new(), io)).await.unwrap();
    (sender, tokio::spawn(driver))
}

async fn get(sender: &mut SendRequest<Empty<Bytes>>, path: &str) -> hyper::Result<String> {
    let request = Request::get(format!("http://x{path}"))
        .body(Empty::new())
        .unwrap();
    let answer = within(sender.send_request(request)).await?;
    let body = within(answer.into_body().collect()).await?.to_bytes();
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn prior_knowledge_is_told_from_the_first_bytes() {
    let (accepting, _) = start(&quick());
    let (mut sender, _driver) = connect(accepting.addr()).await;
    assert_eq!(get(&mut sender, "/a").await.unwrap(), "/a");
    assert!(get(&mut sender, "/where").await.unwrap().ends_with(" true"));
}

#[tokio::test]
async fn a_stream_that_is_answered_at_once_has_no_task_of_its_own() {
    let (accepting, _) = start(&quick());
    let (mut sender, _driver) = connect(accepting.addr()).await;
    let first = get(&mut sender, "/task").await.unwrap();
    assert_eq!(get(&mut sender, "/task").await.unwrap(), first);
}

#[tokio::test]
async fn a_drain_finishes_the_streams_and_says_goaway() {
    let (accepting, trial) = start(&quick());
    let (mut sender, driver) = connect(accepting.addr()).await;
    let held = tokio::spawn({
        let mut sender = sender.clone();
        async move { get(&mut sender, "/hold").await }
    });
    trial.entered().await;
    let draining = accepting.drain();
    trial.release();
    assert_eq!(within(held).await.unwrap().unwrap(), "held");
    let report = within(draining).await;
    assert_eq!((report.completed(), report.aborted()), (1, 0));
    within(driver).await.unwrap().unwrap();
    assert!(get(&mut sender, "/late").await.is_err());
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_a_drain_without_linger() {
    let (accepting, _) = start(&quick().linger(Duration::ZERO));
    let (mut sender, _driver) = connect(accepting.addr()).await;
    assert_eq!(get(&mut sender, "/a").await.unwrap(), "/a");
    let report = within(accepting.drain()).await;
    assert!(report.elapsed() < Duration::from_millis(500), "{report}");
}

#[tokio::test]
async fn the_deadline_cuts_streams_and_counts_them() {
    let (accepting, trial) = start(&quick().drain(Duration::from_millis(50)));
    let (sender, _driver) = connect(accepting.addr()).await;
    let requests: Vec<_> = (0..3)
        .map(|_| {
            let mut sender = sender.clone();
            tokio::spawn(async move { get(&mut sender, "/hold").await })
        })
        .collect();
    for _ in &requests {
        trial.entered().await;
    }
    let report = within(accepting.drain()).await;
    assert_eq!((report.completed(), report.aborted()), (0, 3));
    for request in requests {
        assert!(within(request).await.unwrap().is_err());
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let (accepting, _) = start(&quick().idle(Duration::from_millis(40)));
    let (mut sender, driver) = connect(accepting.addr()).await;
    assert_eq!(get(&mut sender, "/a").await.unwrap(), "/a");
    within(driver).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_abort_no_stream() {
    let (mut accepting, trial) = start(&quick());
    let addr = accepting.addr();
    let over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let refused = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
            let refused = Arc::clone(&refused);
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let (mut sender, _driver) = connect(addr).await;
                    // Until the client has heard the GOAWAY.
                    while !over.load(Ordering::Relaxed) && sender.ready().await.is_ok() {
                        match get(&mut sender, "/load").await {
                            Ok(body) => assert_eq!(body, "/load"),
                            Err(error) => {
                                let text = format!("{error:?}");
                                assert!(error.is_canceled() || text.contains("NO_ERROR"), "{text}");
                                refused.fetch_add(1, Ordering::Relaxed);
                                break;
                            }
                        }
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    let mut drains = Vec::new();
    for moves in 1..=30 {
        while answered.load(Ordering::Relaxed) < moves * 50 {
            assert!(clients.iter().any(|client| !client.is_finished()));
            tokio::task::yield_now().await;
        }
        drains.push(accepting.succeed(addr.into()).unwrap());
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        within(client).await.unwrap();
    }
    drains.push(accepting.drain());
    for drain in drains {
        assert_eq!(within(drain).await.aborted(), 0);
    }
    // hyper's client fails what it opens after the GOAWAY, and h2's an answer that came in the same
    // read as the GOAWAY (it had been received whole: seen in a trace). Neither is ours to keep.
    let calls = trial.calls.load(Ordering::Relaxed);
    let answered = answered.load(Ordering::Relaxed);
    let refused = refused.load(Ordering::Relaxed);
    eprintln!("{answered} answered, {calls} begun, {refused} failed by GOAWAY over 30 moves");
    assert!(
        calls <= answered + refused,
        "{calls}, {answered}, {refused}"
    );
}
