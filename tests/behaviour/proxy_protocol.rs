//! The PROXY protocol: whose connections begin with an address, and what becomes of those that do not.

use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::{Answer, Client, answer_from};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::http2;
use crate::support::{FREE, Log};
use crate::tls::{Authority, Trusting};

#[get("/introduced")]
async fn whoami(ClientAddr(addr): ClientAddr) -> String {
    addr.to_string()
}

const TEXT: &[u8] = b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\n";
const BINARY: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f\xcb\0\x71\x07\x0a\0\0\x01\x12\x67\0\x50\x04\0\0";
const GET: &[u8] = b"GET /introduced HTTP/1.1\r\nhost: test\r\n\r\n";
const CLIENT: &str = "203.0.113.7:4711";

fn trusting(networks: &[&str]) -> Server {
    let mut server = Server::of([route!(whoami)]);
    server.trust_proxy_protocol(networks.iter().copied());
    server
}

fn serve() -> BackgroundServer {
    trusting(&["127.0.0.0/8"]).serve_managed(FREE)
}

async fn answer(addr: SocketAddr, bytes: &[&[u8]]) -> Answer {
    let mut client = Client::connect(addr).await;
    client.write(bytes.concat()).await;
    client.answer().await
}

#[tokio::test]
async fn a_header_tells_the_client_of_every_request_of_its_connection() {
    let bg = serve();
    for header in [TEXT, BINARY] {
        let mut client = Client::connect(bg.addr()).await;
        client.write([header, GET].concat()).await;
        assert_eq!(client.answer().await.text(), CLIENT);
        assert_eq!(client.send("GET", "/introduced").await.text(), CLIENT);
        // In pieces of one byte.
        let mut client = Client::connect(bg.addr()).await;
        for byte in [header, GET].concat() {
            client.write([byte]).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(client.answer().await.text(), CLIENT);
    }
}

#[tokio::test]
async fn a_proxy_that_speaks_for_itself_keeps_its_address() {
    let bg = serve();
    let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    for header in [&b"PROXY UNKNOWN\r\n"[..], local] {
        let answer = answer(bg.addr(), &[header, GET]).await;
        assert!(answer.text().starts_with("127.0.0.1:"), "{}", answer.text());
    }
}

#[tokio::test]
async fn it_comes_before_http2_and_before_tls() {
    let bg = serve();
    let mut stream = TcpStream::connect(bg.addr()).await.unwrap();
    stream.write_all(BINARY).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .unwrap();
    drop(tokio::spawn(connection));
    let (_, text) = http2::send(&sender, Method::GET, "/introduced", "").await;
    assert_eq!(text, CLIENT);

    let authority = Authority::new();
    let mut server = trusting(&["127.0.0.0/8"]);
    server.tls(authority.vouch(&["localhost"]).tls());
    let bg = server.serve_managed(FREE);
    let mut stream = TcpStream::connect(bg.addr()).await.unwrap();
    stream.write_all(TEXT).await.unwrap();
    let mut stream = Trusting::new(&authority).shake(stream).await.unwrap();
    stream.write_all(GET).await.unwrap();
    assert_eq!(answer_from(&mut stream).await.text(), CLIENT);
    // Without it there is no handshake.
    let trusting = Trusting::new(&authority);
    assert!(trusting.try_connect(bg.addr()).await.is_err());
}

#[tokio::test]
async fn nobody_is_believed_by_default_and_a_stranger_never() {
    let nobody = Server::of([route!(whoami)]).serve_managed(FREE);
    let others = trusting(&["10.0.0.0/8", "::1"]).serve_managed(FREE);
    for bg in [nobody, others] {
        assert_eq!(answer(bg.addr(), &[TEXT, GET]).await.status, 400);
        // Not a byte of HTTP: the lines before a request are passed over, and what follows is none.
        assert_eq!(answer(bg.addr(), &[BINARY, GET]).await.status, 400);
        let answer = answer(bg.addr(), &[GET]).await;
        assert!(answer.text().starts_with("127.0.0.1:"));
    }
}

#[tokio::test]
async fn a_connection_without_a_header_is_refused_and_told_so() {
    let (log, _guard) = Log::listen_from(tracing::Level::WARN);
    let bg = serve();
    for bytes in [
        GET,
        b"PROXY TCP4 203.0.113.7 10.0.0.1 65536 80\r\nGET / HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff",
    ] {
        let answer = answer(bg.addr(), &[bytes]).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains("PROXY protocol"));
    }
    let told = log.errors();
    assert_eq!(
        told.iter()
            .filter(|line| line.contains("trust_proxy_protocol"))
            .count(),
        3,
        "{told:?}"
    );
    // A balancer that only looks whether somebody is there is nobody's mistake.
    let mut probe = TcpStream::connect(bg.addr()).await.unwrap();
    probe.shutdown().await.unwrap();
    assert_eq!(probe.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(log.errors().len(), told.len());
}

#[tokio::test]
async fn a_header_that_does_not_come_to_an_end_has_the_time_of_a_head() {
    let mut server = trusting(&["127.0.0.1"]);
    server.limits(Limits::default().header_read(Duration::from_millis(40)));
    let bg = server.serve_managed(FREE);
    assert_eq!(answer(bg.addr(), &[&TEXT[..20]]).await.status, 400);
}

#[tokio::test]
async fn what_is_no_network_is_a_fault_at_boot() {
    let text = trusting(&["10.0.0.0/99"]).check().unwrap_err().to_string();
    assert!(text.contains("`10.0.0.0/99` is no network"), "{text}");
}
