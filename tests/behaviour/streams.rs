//! Answers that are sent while they are made.

use tests::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use toolkit_zero::prelude::*;

use crate::support::{Fed, Log, connected, read_until};

type Piece = Result<&'static str, std::io::Error>;

#[tokio::test]
async fn a_stream_is_sent_piece_by_piece() {
    let (feeds, mut fed_by) = tokio::sync::mpsc::unbounded_channel();
    let route = ServerMechanism::get("/stream").onconnect(move || {
        let (sender, stream) = Fed::<Piece>::new();
        feeds.send(sender).unwrap();
        async move { ([("content-type", "text/csv")], Body::from_stream(stream)) }
    });
    let (bg, client) = connected([route]).await;
    let mut socket = client.into_stream();
    socket
        .write_all(b"GET /stream HTTP/1.1\r\nhost: test\r\n\r\n")
        .await
        .unwrap();
    let sender = fed_by.recv().await.unwrap();
    // Each piece has arrived before the next is made.
    for piece in ["one", "two", "three"] {
        sender.send(Ok(piece)).unwrap();
        read_until(&mut socket, piece).await;
    }
    drop(sender);
    read_until(&mut socket, "0\r\n\r\n").await;
    drop(socket);

    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /stream HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    let sender = fed_by.recv().await.unwrap();
    sender.send(Ok("whole")).unwrap();
    drop(sender);
    let answer = client.answer().await;
    assert_eq!(answer.header("content-type"), Some("text/csv"));
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.text(), "whole");
}

#[tokio::test]
async fn a_stream_that_fails_is_seen_to_be_incomplete() {
    let route = ServerMechanism::get("/stream").onconnect(|| async {
        let (sender, stream) = Fed::<Piece>::new();
        sender.send(Ok("half")).unwrap();
        sender.send(Err(std::io::Error::other("lost"))).unwrap();
        Body::from_stream(stream)
    });
    let (bg, mut client) = connected([route]).await;
    client
        .write("GET /stream HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    assert_eq!(client.try_answer(true).await, None);
    // The server goes on.
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/other").await.status, 404);
}

#[tokio::test]
async fn events_are_sent_as_they_happen() {
    let (feeds, mut fed_by) = tokio::sync::mpsc::unbounded_channel();
    let route = ServerMechanism::get("/events").onconnect(move || {
        let (sender, stream) = Fed::<Event>::new();
        feeds.send(sender).unwrap();
        async move { Sse::new(stream) }
    });
    let (_bg, client) = connected([route]).await;
    let mut socket = client.into_stream();
    socket
        .write_all(b"GET /events HTTP/1.1\r\nhost: test\r\n\r\n")
        .await
        .unwrap();
    let sender = fed_by.recv().await.unwrap();
    sender.send(Event::default().comment("hello")).unwrap();
    let head = read_until(&mut socket, ": hello\n\n").await.to_lowercase();
    assert!(
        head.contains("content-type: text/event-stream\r\n"),
        "{head}"
    );
    assert!(head.contains("cache-control: no-cache\r\n"), "{head}");
    let tick = Event::default()
        .event("tick")
        .id("7")
        .json(&[1, 2])
        .unwrap();
    sender.send(tick).unwrap();
    read_until(&mut socket, "event: tick\nid: 7\ndata: [1,2]\n\n").await;
    sender.send(Event::default().data("two\nlines")).unwrap();
    read_until(&mut socket, "data: two\ndata: lines\n\n").await;
    drop(sender);
    read_until(&mut socket, "0\r\n\r\n").await;
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_stream() {
    let (feeds, mut fed_by) = tokio::sync::mpsc::unbounded_channel();
    let route = ServerMechanism::get("/events").onconnect(move || {
        let (sender, stream) = Fed::<Event>::new();
        feeds.send(sender).unwrap();
        async move { Sse::new(stream) }
    });
    let (_bg, mut client) = connected([route]).await;
    client
        .write("GET /events HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    let sender = fed_by.recv().await.unwrap();
    drop(client);
    sender.closed().await;
}

#[tokio::test]
async fn events_that_fail_end_the_answer_before_its_end_and_are_logged() {
    let (log, _guard) = Log::listen();
    let (events, stream) = Fed::<Result<Event, &str>>::new();
    let stream = std::sync::Mutex::new(Some(stream));
    let route = ServerMechanism::get("/").onconnect(move || {
        let stream = stream.lock().unwrap().take().unwrap();
        async move { Sse::new(stream) }
    });
    let (_bg, client) = connected([route]).await;
    let mut client = client.into_stream();
    let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    client.write_all(request).await.unwrap();
    events.send(Ok(Event::default().data("one"))).unwrap();
    read_until(&mut client, "data: one\n\n\r\n").await;
    events.send(Err("the source is gone")).unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    // The last chunk is missing (RFC 9112 section 8).
    assert_eq!(rest, b"");
    let errors = log.errors();
    let told = |line: &String| line.contains("the source is gone");
    assert!(errors.iter().any(told), "{errors:?}");
}
