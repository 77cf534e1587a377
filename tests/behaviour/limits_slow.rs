//! Clients that send or take so slowly that nothing is left of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tests::Client;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{OnDisconnect, SocketType};
use toolkit_zero::server::Limits;

use crate::support::{FREE, problem, says};

const SHORT: Duration = Duration::from_millis(80);

/// Nothing may stand still for long; the average does not count.
fn stalls(routes: impl IntoIterator<Item = SocketType>) -> BackgroundServer {
    serve(routes, Limits::default().stall(SHORT).rate(0))
}

/// The average counts at once; nothing may stand still for very long.
fn averages(routes: impl IntoIterator<Item = SocketType>) -> BackgroundServer {
    serve(routes, Limits::default().grace(SHORT).rate(100_000))
}

fn serve(routes: impl IntoIterator<Item = SocketType>, limits: Limits) -> BackgroundServer {
    let mut server = Server::of(routes);
    server.limits(limits.linger(Duration::ZERO));
    server.serve_managed(FREE)
}

fn upload() -> SocketType {
    ServerMechanism::post("/up").onconnect(|bytes: Bytes| async move { bytes.len().to_string() })
}

const HEAD: &str = "POST /up HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\n";

#[tokio::test]
async fn a_body_that_stands_still_is_answered_408() {
    let bg = stalls([upload()]);
    for beginning in ["", "hell"] {
        let begun = Instant::now();
        let mut client = Client::connect(bg.addr()).await;
        client.write(HEAD).await;
        client.write(beginning).await;
        let answer = client.answer().await;
        problem(&answer, 408, "/up");
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(begun.elapsed() >= SHORT);
        assert!(client.closed().await.is_empty());
    }
}

#[tokio::test]
async fn a_chunked_body_that_stands_still_is_answered_408() {
    let bg = stalls([upload()]);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("POST /up HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel")
        .await;
    problem(&client.answer().await, 408, "/up");
}

#[tokio::test]
async fn a_handler_in_a_task_of_its_own_is_told_too() {
    let bg = stalls([upload().on_disconnect(OnDisconnect::Finish)]);
    let mut client = Client::connect(bg.addr()).await;
    client.write(HEAD).await;
    problem(&client.answer().await, 408, "/up");
}

#[tokio::test]
async fn a_stream_is_told_with_an_error() {
    let route = ServerMechanism::post("/up").onconnect(|mut body: Body| async move {
        while let Some(chunk) = body.chunk().await.transpose() {
            if let Err(error) = chunk {
                assert!(error.is_timeout(), "{error}");
                return "told";
            }
        }
        "whole"
    });
    let bg = stalls([route]);
    let mut client = Client::connect(bg.addr()).await;
    client.write(HEAD).await;
    client.write("hello").await;
    assert_eq!(client.answer().await.text(), "told");
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_by_its_average() {
    let bg = averages([upload()]);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("POST /up HTTP/1.1\r\nhost: test\r\ncontent-length: 1000000\r\n\r\n")
        .await;
    let (reader, mut writer) = client.into_stream().into_split();
    let trickle = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let mut pace = tokio::time::interval(SHORT / 16);
        while writer.write_all(b"x").await.is_ok() {
            pace.tick().await;
        }
    });
    let mut reader = reader;
    let mut answer = vec![0; 12];
    reader.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 408");
    trickle.abort();
}

#[tokio::test]
async fn a_body_that_is_fast_enough_is_taken() {
    let bg = serve(
        [upload()],
        Limits::default().stall(SHORT * 4).grace(SHORT).rate(50),
    );
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("POST /up HTTP/1.1\r\nhost: test\r\ncontent-length: 400\r\n\r\n")
        .await;
    // 10 bytes each 10 ms, for five times the limits.
    let mut pace = tokio::time::interval(SHORT / 8);
    for _ in 0..40 {
        pace.tick().await;
        client.write("0123456789").await;
    }
    assert_eq!(client.answer().await.text(), "400");
}

#[tokio::test]
async fn a_handler_that_takes_its_time_is_not_held_against_its_client() {
    let (go, wait) = mpsc::channel::<()>(1);
    let wait = Arc::new(tokio::sync::Mutex::new(wait));
    let route = ServerMechanism::post("/up").onconnect(move |mut body: Body| {
        let wait = Arc::clone(&wait);
        async move {
            body.chunk().await.unwrap();
            wait.lock().await.recv().await;
            let mut length = 0;
            while let Some(chunk) = body.chunk().await.unwrap() {
                length += chunk.len();
            }
            length.to_string()
        }
    });
    let bg = stalls([route, upload_elsewhere()]);
    let mut client = Client::connect(bg.addr()).await;
    client.write(HEAD).await;
    client.write("hello").await;
    // Others are cut meanwhile, twice.
    for _ in 0..2 {
        let mut other = Client::connect(bg.addr()).await;
        other
            .write("POST /else HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\n")
            .await;
        problem(&other.answer().await, 408, "/else");
    }
    client.write("world").await;
    go.send(()).await.unwrap();
    assert_eq!(client.answer().await.text(), "5");
}

fn upload_elsewhere() -> SocketType {
    ServerMechanism::post("/else").onconnect(|_: Bytes| async {})
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_reset() {
    let large = ServerMechanism::get("/large").onconnect(|| async { vec![b'x'; 64 << 20] });
    let bg = stalls([large, says("/", "here")]);
    let addr = bg.addr();
    let mut client = Client::connect(addr).await;
    client
        .write("GET /large HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    let stream = client.into_stream();
    // It is over when a stop has nothing to wait for.
    let report = bg.stop().await;
    assert_eq!(report.aborted(), 1, "{report}");
    let error = drained(stream).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_is_sent_whole() {
    const SIZE: usize = 8 << 20;
    let large = ServerMechanism::get("/large").onconnect(|| async { vec![b'x'; SIZE] });
    let bg = serve([large], Limits::default().stall(SHORT * 4).grace(SHORT));
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /large HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        .await;
    let mut stream = client.into_stream();
    let mut pace = tokio::time::interval(SHORT / 16);
    let (mut bytes, mut read) = (vec![0; 64 << 10], 0);
    loop {
        pace.tick().await;
        match stream.read(&mut bytes).await.unwrap() {
            0 => break,
            more => read += more,
        }
    }
    assert!(read > SIZE, "{read}");
}

async fn drained(mut stream: tokio::net::TcpStream) -> std::io::Result<usize> {
    let mut bytes = vec![0; 1 << 20];
    let mut read = 0;
    loop {
        match stream.read(&mut bytes).await? {
            0 => return Ok(read),
            more => read += more,
        }
    }
}
