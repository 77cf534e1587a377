//! WebSockets: a client of others, and what a bad one sends.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tests::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use toolkit_zero::prelude::*;

use crate::support::{FREE, connected, problem, serve};

#[get("/echo", body_limit = 1000)]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .protocols(["chat", "other"])
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

#[get("/pages")]
async fn pages(upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .allowed_origins(["https://app.example.org"])
        .run(|_| async {})
}

async fn open(bg: &BackgroundServer) -> WebSocketStream<TcpStream> {
    open_at(bg, "/echo").await
}

async fn open_at(bg: &BackgroundServer, path: &str) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(bg.addr()).await.unwrap();
    let request = format!("ws://{}{path}", bg.addr())
        .into_client_request()
        .unwrap();
    let (socket, answer) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    assert_eq!(answer.status(), 101);
    socket
}

const HEAD: &str =
    "GET /echo HTTP/1.1\r\nhost: test\r\nconnection: keep-alive, Upgrade\r\nupgrade: WebSocket\r\n";
const GOOD: &str = "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn messages_go_both_ways_and_pings_are_answered() {
    let bg = serve([route!(echo)]);
    let mut socket = open(&bg).await;
    for frame in [Frame::text("hi"), Frame::binary(vec![0, 159])] {
        socket.send(frame.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), frame);
    }
    socket.send(Frame::Ping("p".into())).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap(),
        Frame::Pong("p".into())
    );
    socket.send(Frame::text("bye")).await.unwrap();
    let Some(Ok(Frame::Close(Some(close)))) = socket.next().await else {
        panic!("the server closes")
    };
    assert_eq!(
        (u16::from(close.code), close.reason.as_str()),
        (4000, "bye")
    );
    assert!(socket.next().await.is_none());
}

#[tokio::test]
async fn the_answer_is_that_of_rfc_6455() {
    let (_bg, mut client) = connected([route!(echo)]).await;
    client
        .write(format!(
            "{HEAD}{GOOD}sec-websocket-protocol: x, other, chat\r\n\r\n"
        ))
        .await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 101);
    assert_eq!(
        answer.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert_eq!(answer.header("sec-websocket-protocol"), Some("other"));
}

#[tokio::test]
async fn a_bad_wish_is_refused() {
    let (bg, mut client) = connected([route!(echo)]).await;
    let answer = client.send("GET", "/echo").await;
    problem(&answer, 426, "/echo");
    assert_eq!(answer.header("upgrade"), Some("websocket"));
    let wish = async |fields: &str| {
        let mut client = Client::connect(bg.addr()).await;
        client.write(format!("{HEAD}{fields}\r\n")).await;
        client.answer().await
    };
    let answer =
        wish("sec-websocket-version: 8\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n").await;
    problem(&answer, 426, "/echo");
    assert_eq!(answer.header("sec-websocket-version"), Some("13"));
    for key in [
        "",
        "sec-websocket-key: short\r\n",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25j!!==\r\n",
    ] {
        let answer = wish(&format!("sec-websocket-version: 13\r\n{key}")).await;
        let document = problem(&answer, 400, "/echo");
        assert_eq!(
            document["errors"][0]["parameter"], "sec-websocket-key",
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let bg = serve([route!(echo), route!(pages)]);
    let status = async |path: &str, origin: &str| {
        let mut client = Client::connect(bg.addr()).await;
        let head = HEAD.replace("/echo", path);
        client.write(format!("{head}{GOOD}{origin}\r\n")).await;
        client.answer().await.status
    };
    assert_eq!(status("/echo", "").await, 101);
    assert_eq!(status("/echo", "origin: https://test\r\n").await, 101);
    for origin in ["https://evil.example", "https://test.evil.example", "null"] {
        assert_eq!(
            status("/echo", &format!("origin: {origin}\r\n")).await,
            403,
            "{origin}"
        );
    }
    assert_eq!(
        status("/pages", "origin: https://app.example.org\r\n").await,
        101
    );
    assert_eq!(status("/pages", "origin: https://test\r\n").await, 403);
}

/// Sends these bytes on an open socket, and reads the code that the server closes with.
async fn closed_with(bg: &BackgroundServer, bytes: &[u8]) -> u16 {
    let mut client = Client::connect(bg.addr()).await;
    client.write(format!("{HEAD}{GOOD}\r\n")).await;
    assert_eq!(client.answer().await.status, 101);
    let mut stream = client.into_stream();
    stream.write_all(bytes).await.unwrap();
    let mut head = [0; 4];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[0], 0x88, "a frame that closes");
    u16::from_be_bytes([head[2], head[3]])
}

#[tokio::test]
async fn frames_that_break_the_protocol_or_the_limit_close_it() {
    let bg = serve([route!(echo)]);
    // Not masked (RFC 6455 section 5.1).
    assert_eq!(closed_with(&bg, b"\x81\x02hi").await, 1002);
    // A reserved kind of frame.
    assert_eq!(closed_with(&bg, b"\x83\x80\0\0\0\0").await, 1002);
    // 1,001 bytes where 1,000 are taken; the length tells.
    assert_eq!(closed_with(&bg, b"\x82\xfe\x03\xe9\0\0\0\0").await, 1009);
    // Three fragments, each below the limit, whose sum is above it.
    let fragment =
        |opcode: u8| [&[opcode, 0xfe, 0x01, 0x90, 0, 0, 0, 0][..], &[b'x'; 400]].concat();
    let fragments = [fragment(0x01), fragment(0x00), fragment(0x00)].concat();
    assert_eq!(closed_with(&bg, &fragments).await, 1009);
    // A length that would be 2^63 - 1.
    let huge = b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0";
    assert_eq!(closed_with(&bg, huge).await, 1009);
    // A ping that is longer than pings are, and one in fragments; a message that goes on though none has begun.
    let long = [&b"\x89\xfe\x00\x7e\0\0\0\0"[..], &[0; 126]].concat();
    assert_eq!(closed_with(&bg, &long).await, 1002);
    assert_eq!(closed_with(&bg, b"\x09\x80\0\0\0\0").await, 1002);
    assert_eq!(closed_with(&bg, b"\x80\x80\0\0\0\0").await, 1002);
    // A bit that an extension would have agreed on.
    assert_eq!(closed_with(&bg, b"\xc1\x80\0\0\0\0").await, 1002);
    // Text that is none.
    assert_eq!(closed_with(&bg, b"\x81\x81\0\0\0\0\xff").await, 1007);
}

#[tokio::test]
async fn a_drain_tells_the_client_to_close() {
    let bg = serve([route!(echo)]);
    let mut socket = open(&bg).await;
    socket.send(Frame::text("hi")).await.unwrap();
    socket.next().await.unwrap().unwrap();
    let stopping = tokio::spawn(bg.stop());
    let Some(Ok(Frame::Close(Some(close)))) = socket.next().await else {
        panic!("the server closes")
    };
    assert_eq!(u16::from(close.code), 1001);
    assert!(socket.next().await.is_none());
    assert_eq!(stopping.await.unwrap().aborted(), 0);
}

#[get("/chat")]
async fn chat(
    upgrade: WebSocketUpgrade,
    State(room): State<broadcast::Sender<String>>,
) -> Response {
    upgrade.run(|socket| async move {
        let (sender, mut receiver) = socket.split();
        let mut heard = room.subscribe();
        let hello = sender.clone();
        let tell = tokio::spawn(async move {
            while let Ok(text) = heard.recv().await {
                sender.send(text).await.unwrap();
            }
        });
        hello.send("hello").await.unwrap();
        while let Ok(Some(Message::Text(text))) = receiver.receive().await {
            room.send(text).unwrap();
        }
        tell.abort();
    })
}

#[tokio::test]
async fn the_halves_send_and_receive_at_once() {
    let mut server = Server::of([route!(chat)]);
    server.state(broadcast::Sender::<String>::new(8));
    let bg = server.serve_managed(FREE);
    let mut ada = open_at(&bg, "/chat").await;
    let mut bob = open_at(&bg, "/chat").await;
    let heard = async |socket: &mut WebSocketStream<TcpStream>| {
        let frame = socket.next().await.unwrap().unwrap();
        frame.into_text().unwrap().to_string()
    };
    assert_eq!(heard(&mut ada).await, "hello");
    assert_eq!(heard(&mut bob).await, "hello");
    ada.send(Frame::text("from Ada")).await.unwrap();
    assert_eq!(heard(&mut ada).await, "from Ada");
    assert_eq!(heard(&mut bob).await, "from Ada");
    bob.send(Frame::text("from Bob")).await.unwrap();
    assert_eq!(heard(&mut ada).await, "from Bob");
    // A drain reaches both halves.
    let stopping = tokio::spawn(bg.stop());
    assert!(
        matches!(ada.next().await, Some(Ok(Frame::Close(Some(close)))) if close.code == 1001.into())
    );
    assert_eq!(heard(&mut bob).await, "from Bob");
    assert!(
        matches!(bob.next().await, Some(Ok(Frame::Close(Some(close)))) if close.code == 1001.into())
    );
    assert!(ada.next().await.is_none() && bob.next().await.is_none());
    assert_eq!(stopping.await.unwrap().aborted(), 0);
}

#[tokio::test]
async fn a_handler_hears_how_the_client_closed() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let route = ServerMechanism::get("/").onconnect(move |upgrade: WebSocketUpgrade| {
        let tell = tell.clone();
        async move {
            upgrade.run(move |mut socket| async move {
                assert_eq!(socket.close_code(), None);
                assert!(matches!(socket.receive().await, Ok(None)));
                let reason = socket.close_reason().to_owned();
                tell.send((socket.close_code(), reason)).unwrap();
            })
        }
    });
    let bg = serve([route]);
    let mut socket = open_at(&bg, "/").await;
    let close = tokio_tungstenite::tungstenite::protocol::CloseFrame {
        code: 4001.into(),
        reason: "done".into(),
    };
    socket.close(Some(close)).await.unwrap();
    assert_eq!(told.recv().await, Some((Some(4001), "done".to_owned())));
    let mut socket = open_at(&bg, "/").await;
    socket.close(None).await.unwrap();
    assert_eq!(told.recv().await, Some((Some(1005), String::new())));
}

#[tokio::test]
async fn a_silent_client_is_pinged_and_then_taken_for_gone() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let route = ServerMechanism::get("/echo").onconnect(move |upgrade: WebSocketUpgrade| {
        let tell = tell.clone();
        async move {
            let upgrade = upgrade.keep_alive(Duration::from_millis(50));
            upgrade.run(move |mut socket| async move {
                let error = socket.receive().await.unwrap_err();
                tell.send(error.to_string()).unwrap();
            })
        }
    });
    let bg = serve([route]);
    let mut client = Client::connect(bg.addr()).await;
    client.write(format!("{HEAD}{GOOD}\r\n")).await;
    assert_eq!(client.answer().await.status, 101);
    let mut stream = client.into_stream();
    // Every pong begins a new silence, every silence has one ping, and the one without a pong is the last.
    for pong in [true, true, false] {
        let mut ping = [0; 2];
        stream.read_exact(&mut ping).await.unwrap();
        assert_eq!(ping, [0x89, 0]);
        if pong {
            stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.unwrap();
        }
    }
    assert!(told.recv().await.unwrap().contains("no answer to a ping"));
}

#[get("/hasty")]
async fn hasty(upgrade: WebSocketUpgrade) -> Response {
    upgrade.run(|mut socket: WebSocket| async move {
        let _first = socket.receive().await;
        socket.send("enough").await.unwrap();
    })
}

#[tokio::test]
async fn a_socket_that_is_dropped_with_unread_messages_is_closed_and_not_reset() {
    let bg = serve([route!(hasty)]);
    for _ in 0..20 {
        let mut socket = open_at(&bg, "/hasty").await;
        // More than the server reads at a time.
        for _ in 0..40 {
            socket.feed(Frame::binary(vec![7; 5000])).await.unwrap();
        }
        socket.flush().await.unwrap();
        let mut stream = socket.into_inner();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"\x81\x06enough");
    }
}
