//! WebSockets on a stream of an HTTP/2 connection (RFC 8441), with hyper's client.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::ext::Protocol;
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::Role;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::Limits;

use crate::support::{FREE, says, serve};

type Socket = WebSocketStream<TokioIo<Upgraded>>;

#[get("/echo", body_limit = 1000)]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .protocols(["chat"])
        .run(|mut socket: WebSocket| async move {
            while let Ok(Some(message)) = socket.receive().await {
                if message == Message::from("bye") {
                    let _left = socket.close(4000, "bye").await;
                    return;
                }
                socket.send(message).await.unwrap();
            }
        })
}

struct Client(SendRequest<Empty<Bytes>>);

impl Client {
    async fn connect(bg: &BackgroundServer) -> Self {
        let stream = TcpStream::connect(bg.addr()).await.unwrap();
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        drop(tokio::spawn(connection));
        let mut client = Self(sender);
        // With its answer the settings of the server have come: it says that it takes extended CONNECTs.
        client.ask(Method::GET, "/a", "", &[]).await;
        client
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        protocol: &'static str,
        fields: &[(&str, &str)],
    ) -> http::Response<hyper::body::Incoming> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("http://test{path}"))
            .body(Empty::new())
            .unwrap();
        if !protocol.is_empty() {
            let protocol = Protocol::from_static(protocol);
            request.extensions_mut().insert(protocol);
        }
        for (name, value) in fields {
            let name = http::HeaderName::try_from(*name).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        self.0.ready().await.unwrap();
        self.0.send_request(request).await.unwrap()
    }

    async fn refused(
        &mut self,
        path: &str,
        protocol: &'static str,
        fields: &[(&str, &str)],
    ) -> (u16, serde_json::Value) {
        let answer = self.ask(Method::CONNECT, path, protocol, fields).await;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn open(&mut self) -> Socket {
        let fields = [
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "x, chat"),
        ];
        let answer = self
            .ask(Method::CONNECT, "/echo", "websocket", &fields)
            .await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["sec-websocket-protocol"], "chat");
        let upgraded = hyper::upgrade::on(answer).await.unwrap();
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, None).await
    }
}

fn routes() -> [SocketType; 2] {
    [route!(echo), says("/a", "a")]
}

async fn echoes(socket: &mut Socket, frame: Frame) {
    socket.send(frame.clone()).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), frame);
}

#[tokio::test]
async fn messages_go_both_ways_on_several_streams_of_one_connection() {
    let bg = serve(routes());
    let mut client = Client::connect(&bg).await;
    let (mut one, mut other) = (client.open().await, client.open().await);
    echoes(&mut one, Frame::text("hi")).await;
    echoes(&mut other, Frame::binary(vec![0, 159])).await;
    echoes(&mut one, Frame::binary(vec![7; 1000])).await;
    // A request between them is answered as ever.
    let answer = client.ask(Method::GET, "/a", "", &[]).await;
    assert_eq!(answer.status(), 200);
    one.send(Frame::Ping("p".into())).await.unwrap();
    assert_eq!(one.next().await.unwrap().unwrap(), Frame::Pong("p".into()));
    one.send(Frame::text("bye")).await.unwrap();
    let Some(Ok(Frame::Close(Some(close)))) = one.next().await else {
        panic!("the server closes")
    };
    assert_eq!(u16::from(close.code), 4000);
    assert!(one.next().await.is_none());
    echoes(&mut other, Frame::text("still there")).await;
    // Past the limit of a message.
    other.send(Frame::binary(vec![7; 1001])).await.unwrap();
    assert!(
        matches!(other.next().await, Some(Ok(Frame::Close(Some(close)))) if close.code == 1009.into())
    );
}

#[tokio::test]
async fn a_bad_wish_is_refused() {
    let bg = serve(routes());
    let mut client = Client::connect(&bg).await;
    let good = ("sec-websocket-version", "13");
    for (path, protocol, fields, status, told) in [
        ("/echo", "connect-udp", &[good][..], 501, "CONNECT"),
        ("/echo", "", &[good], 501, "CONNECT"),
        ("/a", "websocket", &[good], 501, "does not speak WebSocket"),
        ("/nowhere", "websocket", &[good], 404, ""),
        ("/echo", "websocket", &[], 400, "version of WebSocket"),
        (
            "/echo",
            "websocket",
            &[("sec-websocket-version", "8")],
            400,
            "version of WebSocket",
        ),
        (
            "/echo",
            "websocket",
            &[good, ("origin", "https://evil.example")],
            403,
            "origin",
        ),
    ] {
        let (found, document) = client.refused(path, protocol, fields).await;
        assert_eq!(found, status, "{path} {protocol}: {document}");
        let detail = document["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(told), "{document}");
    }
    let answer = client.ask(Method::GET, "/echo", "", &[good]).await;
    assert_eq!(answer.status(), 400);
    // A page of the host that was asked may.
    let fields = [good, ("origin", "https://test")];
    let answer = client
        .ask(Method::CONNECT, "/echo", "websocket", &fields)
        .await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_drain_tells_the_client_to_close() {
    let bg = serve(routes());
    let mut client = Client::connect(&bg).await;
    let mut socket = client.open().await;
    echoes(&mut socket, Frame::text("hi")).await;
    let stopping = tokio::spawn(bg.stop());
    let Some(Ok(Frame::Close(Some(close)))) = socket.next().await else {
        panic!("the server closes")
    };
    assert_eq!(u16::from(close.code), 1001);
    assert!(socket.next().await.is_none());
    assert_eq!(stopping.await.unwrap().aborted(), 0);
}

#[tokio::test]
async fn what_is_not_closed_by_the_deadline_of_the_drain_is_cut_and_counted() {
    let route = ServerMechanism::get("/echo").onconnect(|upgrade: WebSocketUpgrade| async move {
        upgrade.protocols(["chat"]).run(|socket| async move {
            let _held = socket;
            std::future::pending::<()>().await;
        })
    });
    let mut server = Server::of([route, says("/a", "a")]);
    server.limits(Limits::default().drain(Duration::from_millis(50)));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(&bg).await;
    let mut socket = client.open().await;
    let report = bg.stop().await;
    assert_eq!(report.aborted(), 1);
    assert!(socket.next().await.is_none_or(|frame| frame.is_err()));
}

#[tokio::test]
async fn a_connection_with_an_open_socket_is_not_idle() {
    let mut server = Server::of(routes());
    server.limits(Limits::default().idle(Duration::from_millis(40)));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(&bg).await;
    let mut socket = client.open().await;
    // One that began to be idle later than that is closed.
    let mut idle = TcpStream::connect(bg.addr()).await.unwrap();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    idle.write_all(preface).await.unwrap();
    let mut all = Vec::new();
    let _closed = idle.read_to_end(&mut all).await;
    echoes(&mut socket, Frame::text("still there")).await;
}
