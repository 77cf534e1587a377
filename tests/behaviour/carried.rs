//! Connections that no listener accepted: `BackgroundServer::serve_connection`.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::support::{FREE, says, serve};

const PEER: ([u8; 4], u16) = ([192, 0, 2, 7], 77);

fn carried(bg: &BackgroundServer) -> DuplexStream {
    let (client, server) = duplex(64 << 10);
    bg.serve_connection(server, PEER);
    client
}

async fn all(mut client: DuplexStream) -> std::io::Result<String> {
    let mut answer = String::new();
    client.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn it_is_answered_like_any_other_and_tells_the_address_it_was_given() {
    let whence = ServerMechanism::get("/")
        .onconnect(|ClientAddr(addr): ClientAddr| async move { addr.to_string() });
    let bg = serve([whence]);
    let mut client = carried(&bg);
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET /no HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let answer = all(client).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(&SocketAddr::from(PEER).to_string()));
    assert!(answer.contains("HTTP/1.1 404"));
}

#[tokio::test]
async fn a_head_that_does_not_end_is_answered_408() {
    let mut server = Server::of([says("/", "here")]);
    server.limits(Limits::default().header_read(Duration::from_millis(40)));
    let bg = server.serve_managed(FREE);
    let mut client = carried(&bg);
    client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut head = [0; 12];
    client.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_stop_finishes_it_and_one_that_comes_later_is_dropped() {
    let mut server = Server::of([says("/", "here")]);
    server.limits(Limits::default().linger(Duration::from_mins(1)));
    let bg = server.serve_managed(FREE);
    let mut client = carried(&bg);
    client.write_all(b"G").await.unwrap();
    let control = bg.control();
    control.request_stop();
    control.shutdown().requested().await;
    client
        .write_all(b"ET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let answer = all(client).await.unwrap();
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(all(carried(&bg)).await.unwrap(), "");
    assert_eq!(bg.stop().await.completed(), 1);
}
