//! Answers that are made and not yet sent.

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use http_body::Body as _;
use http_body_util::Empty;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

use super::*;

const LARGE: usize = 1 << 20;

fn client(window: u32) -> Builder<TokioExecutor> {
    let mut client = Builder::new(TokioExecutor::new());
    client
        .initial_stream_window_size(window)
        .initial_connection_window_size(window);
    client
}

fn ask(
    sender: &mut SendRequest<Empty<Bytes>>,
    path: &str,
) -> impl Future<Output = hyper::Result<Response<hyper::body::Incoming>>> + use<> {
    let uri = format!("http://x{path}");
    sender.send_request(Request::get(uri).body(Empty::new()).unwrap())
}

/// Returns when the drain has closed those that have had nothing begun since its signal.
async fn linger_passes(addr: SocketAddr) {
    // Served in the drain, so the others have heard of it.
    Client::connect(addr).await.get("/late").await;
    let mut silent = Client::connect(addr).await;
    silent.closed().await.unwrap();
}

#[tokio::test]
async fn a_drain_sends_all_of_an_answer_for_which_the_client_has_no_window() {
    let (accepting, _) = start(&quick());
    let stream = TcpStream::connect(accepting.addr()).await.unwrap();
    let handshake = client(65_535).handshake(TokioIo::new(stream));
    let (mut sender, driver) = within(handshake).await.unwrap();
    let driver = tokio::spawn(driver);
    let answer = within(ask(&mut sender, &format!("/bytes/{LARGE}"))).await;
    let mut body = answer.unwrap().into_body();
    let addr = accepting.addr();
    let draining = accepting.drain();
    linger_passes(addr).await;
    let mut read = 0;
    while let Some(frame) = within(body.frame()).await {
        read += frame.unwrap().data_ref().map_or(0, Bytes::len);
    }
    assert_eq!(read, LARGE);
    let report = within(draining).await;
    assert_eq!((report.completed(), report.aborted()), (2, 0));
    within(driver).await.unwrap().unwrap();
}

/// What h2 takes from us at once.
const QUEUED: usize = 390 << 10;
/// More of that than the kernel takes.
const MANY: usize = 24;

type Driver =
    hyper::client::conn::http2::Connection<TokioIo<TcpStream>, Empty<Bytes>, TokioExecutor>;
type Answers = Vec<JoinHandle<hyper::Result<usize>>>;

/// Asks for answers that h2 takes from us and the kernel does not, and leaves them there.
async fn unread(addr: SocketAddr, trial: &Trial) -> (Driver, Answers) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 << 10).unwrap();
    let stream = within(socket.connect(addr)).await.unwrap();
    let handshake = client(16 << 20).handshake(TokioIo::new(stream));
    let (mut sender, mut driver) = within(handshake).await.unwrap();
    let answers = (0..MANY)
        .map(|_| {
            let answer = ask(&mut sender, &format!("/bytes/{QUEUED}"));
            tokio::spawn(async move {
                let body = answer.await?.into_body();
                Ok(body.collect().await?.to_bytes().len())
            })
        })
        .collect();
    within(poll_fn(|cx| {
        let calls = trial.calls.load(Ordering::Relaxed);
        if calls >= MANY {
            return Poll::Ready(());
        }
        assert!(Pin::new(&mut driver).poll(cx).is_pending());
        cx.waker().wake_by_ref();
        Poll::Pending
    }))
    .await;
    (driver, answers)
}

#[tokio::test]
async fn a_cut_counts_answers_that_are_not_sent() {
    let (accepting, trial) = start(&quick());
    let (driver, _answers) = unread(accepting.addr(), &trial).await;
    let draining = accepting.drain();
    draining.cut();
    assert!(within(draining).await.aborted() > 0);
    drop(driver);
}

#[tokio::test]
async fn a_large_answer_arrives_whole_in_parts_and_a_small_one_in_one() {
    let (accepting, _) = start(&quick());
    let stream = TcpStream::connect(accepting.addr()).await.unwrap();
    let handshake = client(4 << 20).handshake(TokioIo::new(stream));
    let (mut sender, driver) = within(handshake).await.unwrap();
    tokio::spawn(driver);
    let mut http1 = Client::connect(accepting.addr()).await;
    for size in [
        0,
        1,
        16 << 10,
        (16 << 10) + 1,
        64 << 10,
        (64 << 10) + 1,
        LARGE,
    ] {
        let path = format!("/bytes/{size}");
        let answer = within(ask(&mut sender, &path)).await.unwrap();
        assert_eq!(answer.body().size_hint().exact(), Some(size as u64));
        let body = within(answer.into_body().collect()).await.unwrap();
        assert_eq!(body.to_bytes().len(), size);
        assert_eq!(http1.get(&path).await.body.len(), size);
    }
}
