//! HTTP/2 by prior knowledge.

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
