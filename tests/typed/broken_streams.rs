//! A stream that fails after its head: the answer is aborted and logged, and never looks whole.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::Client;
use tokio::net::TcpStream;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{Fed, Log, says, serve};

type Keys = BTreeMap<(u8, u8), u8>;

fn lost() -> io::Error {
    io::Error::other("database lost")
}

/// Each sends `one` in some form, and fails then; and what is logged of it.
fn routes() -> Vec<(&'static str, SocketType, &'static str)> {
    let lines = ServerMechanism::get("/lines").onconnect(|| async {
        let (feed, stream) = Fed::<Result<&str, io::Error>>::new();
        feed.send(Ok("one")).unwrap();
        feed.send(Err(lost())).unwrap();
        JsonLines::fallible(stream)
    });
    let unwritable = ServerMechanism::get("/unwritable").onconnect(|| async {
        let (feed, stream) = Fed::<(&str, Keys)>::new();
        feed.send(("one", Keys::new())).unwrap();
        // A map whose keys are no text.
        feed.send(("two", Keys::from([((1, 2), 3)]))).unwrap();
        JsonLines::new(stream)
    });
    let events = ServerMechanism::get("/events").onconnect(|| async {
        let (feed, stream) = Fed::<Result<Event, io::Error>>::new();
        feed.send(Ok(Event::default().data("one"))).unwrap();
        feed.send(Err(lost())).unwrap();
        Sse::new(stream).keep_alive(std::time::Duration::from_secs(15))
    });
    let stream = ServerMechanism::get("/stream").onconnect(|| async {
        let (feed, stream) = Fed::<Result<&str, io::Error>>::new();
        feed.send(Ok("one")).unwrap();
        feed.send(Err(lost())).unwrap();
        Body::from_stream(stream)
    });
    vec![
        ("/lines", lines, "database lost"),
        ("/unwritable", unwritable, "key must be a string"),
        ("/events", events, "database lost"),
        ("/stream", stream, "database lost"),
    ]
}

fn is_logged(log: &Log, path: &str, logged: &str) {
    let lines = log.errors();
    let line = lines.last().unwrap();
    assert!(
        line.contains("broke off") && line.contains(logged),
        "{path}: {lines:?}"
    );
}

#[tokio::test]
async fn over_http1_the_last_chunk_is_missing_and_it_is_logged() {
    let (log, _guard) = Log::listen();
    let bg = serve(routes().into_iter().map(|(_, route, _)| route));
    for (number, (path, _, logged)) in routes().into_iter().enumerate() {
        let mut client = Client::connect(bg.addr()).await;
        client
            .write(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n"))
            .await;
        let all = String::from_utf8(client.closed().await).unwrap();
        // What came before the failure may have gone out; the end has not.
        assert!(all.is_empty() || all.starts_with("HTTP/1.1 200"), "{all}");
        assert!(!all.ends_with("0\r\n\r\n"), "{path}: {all}");
        is_logged(&log, path, logged);
        assert_eq!(log.errors().len(), number + 1);
    }
}

#[tokio::test]
async fn over_http2_its_stream_is_reset_and_the_connection_goes_on() {
    let (log, _guard) = Log::listen();
    let routes_and_more = routes().into_iter().map(|(_, route, _)| route);
    let bg = serve(routes_and_more.chain([says("/whole", "whole")]));
    let stream = TcpStream::connect(bg.addr()).await.unwrap();
    let (mut sender, connection) =
        handshake::<_, _, Empty<Bytes>>(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    drop(tokio::spawn(connection));
    for (path, _, logged) in routes() {
        let mut ask = async |path: &str| {
            let request = http::Request::get(format!("http://test{path}"));
            let answer = sender.send_request(request.body(Empty::new()).unwrap());
            answer.await?.into_body().collect().await
        };
        let error = ask(path).await.unwrap_err();
        assert!(format!("{error:?}").contains("Reset"), "{path}: {error:?}");
        is_logged(&log, path, logged);
        let whole = ask("/whole").await.unwrap();
        assert_eq!(whole.to_bytes(), "whole");
    }
}
