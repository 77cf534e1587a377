//! HTTP over TLS: protocols, what handlers see, bodies, and how connections end.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::{Client, answer_from};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use toolkit_zero::extract::Scheme;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::{Limits, Listen};

use crate::http2::send;
use crate::support::{FREE, says, serve};
use crate::tls::{Authority, Trusting, ask, serve_tls};

/// What handlers see of a connection.
fn seen() -> SocketType {
    ServerMechanism::get("/seen/{x}").onconnect(
        |scheme: Scheme, client: ClientAddr, path: MatchedPath, request: Request| async move {
            let version = request.version();
            format!(
                "{scheme} {} {} {} {version:?}",
                client.0,
                path.0,
                request.is_secure()
            )
        },
    )
}

fn echo() -> SocketType {
    ServerMechanism::post("/echo")
        .onconnect(|body: Bytes| async move { body })
        .body_limit(32 << 20)
}

#[tokio::test]
async fn requests_are_answered_over_each_version_of_tls_and_handlers_see_https() {
    let authority = Authority::new();
    let mut server = Server::of([seen(), echo()]);
    server.tls(authority.vouch(&["localhost"]).tls());
    let bg = server.serve_managed(FREE);
    for version in [&TLS12, &TLS13] {
        let client = Trusting::with(&authority, &[version], None);
        let mut stream = client.connect(bg.addr()).await;
        let own = stream.get_ref().0.local_addr().unwrap();
        for _ in 0..3 {
            let answer = ask(&mut stream, "GET", "/seen/1", b"").await;
            let wanted = format!("https {own} /seen/{{x}} true HTTP/1.1");
            assert_eq!(answer.text(), wanted);
        }
        assert_eq!(ask(&mut stream, "POST", "/echo", b"hi").await.text(), "hi");
    }
    let plain = serve([seen()]);
    let mut client = Client::connect(plain.addr()).await;
    let text = client.send("GET", "/seen/1").await.text();
    assert!(text.starts_with("http 127.0.0.1:") && text.contains(" false "));
}

#[tokio::test]
async fn a_missing_host_is_refused_over_tls_too() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let mut stream = client.connect(bg.addr()).await;
    stream.write_all(b"GET /a HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(answer_from(&mut stream).await.status, 400);
}

#[tokio::test]
async fn alpn_decides_the_protocol() {
    let (bg, client) = serve_tls([seen()]);
    let two = client.clone().offering(&["h2", "http/1.1"]);
    let stream = two.connect(bg.addr()).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let own = stream.get_ref().0.local_addr().unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    drop(tokio::spawn(connection));
    let (head, body) = send(&sender, Method::GET, "/seen/1", "").await;
    assert_eq!(head.version, http::Version::HTTP_2);
    assert_eq!(body, format!("https {own} /seen/{{x}} true HTTP/2.0"));

    for (offer, chosen) in [(&["http/1.1"][..], Some(&b"http/1.1"[..])), (&[], None)] {
        let mut stream = client.clone().offering(offer).connect(bg.addr()).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), chosen);
        let answer = ask(&mut stream, "GET", "/seen/1", b"").await;
        assert!(answer.text().ends_with("HTTP/1.1"), "{}", answer.text());
    }
    let error = client.offering(&["gopher"]).try_connect(bg.addr()).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[tokio::test]
async fn a_client_that_chose_http2_and_speaks_http1_is_closed() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let mut stream = client.offering(&["h2"]).connect(bg.addr()).await;
    let request = b"GET /a HTTP/1.1\r\nhost: test\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut read = Vec::new();
    // However it ends, it ends, and nothing is answered in HTTP/1.1.
    drop(stream.read_to_end(&mut read).await);
    assert!(!read.starts_with(b"HTTP/1.1"));
}

#[tokio::test]
async fn the_preface_of_http2_without_alpn_is_no_http2() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let mut stream = client.connect(bg.addr()).await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    stream.write_all(preface).await.unwrap();
    let mut read = Vec::new();
    drop(stream.read_to_end(&mut read).await);
    let text = String::from_utf8_lossy(&read);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 "), "{text}");
}

#[tokio::test]
async fn large_bodies_go_both_ways() {
    let (bg, client) = serve_tls([echo()]);
    let mut body = vec![0; 8 << 20];
    for (index, byte) in body.iter_mut().enumerate() {
        *byte = u8::try_from(index % 251).unwrap();
    }
    let mut stream = client.connect(bg.addr()).await;
    for size in [0, 1, 16_384, 16_385, 70_000, body.len()] {
        let answer = ask(&mut stream, "POST", "/echo", &body[..size]).await;
        assert!(
            answer.status == 200 && answer.body == body[..size],
            "{size}"
        );
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let (bg, client) = serve_tls([says("/a", "a"), says("/b", "b")]);
    let mut stream = client.connect(bg.addr()).await;
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
    let both = request("/a") + &request("/b");
    stream.write_all(both.as_bytes()).await.unwrap();
    for body in ["a", "b"] {
        assert_eq!(answer_from(&mut stream).await.text(), body);
    }
}

/// Tells when it is dropped.
struct Tells(Arc<Semaphore>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

/// Reads to the end, which has to be announced: an error otherwise.
async fn ends_in_order<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> Vec<u8> {
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    read
}

#[tokio::test]
async fn a_stop_finishes_what_was_begun_and_ends_with_close_notify() {
    let entered = Arc::new(Semaphore::new(0));
    let release = Arc::new(Semaphore::new(0));
    let (entering, released) = (Arc::clone(&entered), Arc::clone(&release));
    let held = ServerMechanism::get("/held").onconnect(move || {
        let (entering, released) = (Arc::clone(&entering), Arc::clone(&released));
        async move {
            entering.add_permits(1);
            released.acquire().await.unwrap().forget();
            "held"
        }
    });
    let (bg, client) = serve_tls([held, says("/a", "a")]);
    let mut busy = client.connect(bg.addr()).await;
    let mut idle = client.connect(bg.addr()).await;
    assert_eq!(ask(&mut idle, "GET", "/a", b"").await.status, 200);
    let asked = tokio::spawn(async move {
        let answer = ask(&mut busy, "GET", "/held", b"").await;
        (answer, ends_in_order(&mut busy).await)
    });
    entered.acquire().await.unwrap().forget();
    let stopped = tokio::spawn(bg.stop());
    // Idle, it lingers, and is then told of the end.
    assert_eq!(ends_in_order(&mut idle).await, b"");
    release.add_permits(1);
    let (answer, rest) = asked.await.unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (200, "held"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(rest.is_empty());
    let report = stopped.await.unwrap();
    assert_eq!((report.completed(), report.aborted()), (1, 0));
}

#[tokio::test]
async fn http2_streams_over_tls_are_finished_by_a_stop() {
    let entered = Arc::new(Semaphore::new(0));
    let release = Arc::new(Semaphore::new(0));
    let (entering, released) = (Arc::clone(&entered), Arc::clone(&release));
    let held = ServerMechanism::get("/held").onconnect(move || {
        let (entering, released) = (Arc::clone(&entering), Arc::clone(&released));
        async move {
            entering.add_permits(1);
            released.acquire().await.unwrap().forget();
            vec![b'x'; 300_000]
        }
    });
    let (bg, client) = serve_tls([held]);
    let stream = client.offering(&["h2"]).connect(bg.addr()).await;
    let (sender, connection) =
        handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let driven = tokio::spawn(connection);
    let asked = tokio::spawn(async move { send(&sender, Method::GET, "/held", "").await });
    entered.acquire().await.unwrap().forget();
    let stopped = tokio::spawn(bg.stop());
    tokio::task::yield_now().await;
    release.add_permits(1);
    let (answered, body) = asked.await.unwrap();
    assert_eq!((answered.status.as_u16(), body.len()), (200, 300_000));
    driven.await.unwrap().unwrap();
    assert_eq!(stopped.await.unwrap().aborted(), 0);
}

#[tokio::test]
async fn a_handshake_that_has_begun_is_finished_and_served_by_a_stop() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let addr = bg.addr();
    let (near, far) = tokio::io::duplex(64 << 10);
    let mut socket = tokio::net::TcpStream::connect(addr).await.unwrap();
    let shaking = tokio::spawn(async move { client.shake(near).await });
    let (mut from_client, mut to_client) = tokio::io::split(far);
    // The first half of the first message, then a stop.
    let mut hello = vec![0; 100];
    from_client.read_exact(&mut hello).await.unwrap();
    socket.write_all(&hello).await.unwrap();
    let stopped = tokio::spawn(bg.stop());
    while Client::try_connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let (mut from_server, mut to_server) = socket.into_split();
    drop(tokio::spawn(async move {
        drop(tokio::io::copy(&mut from_client, &mut to_server).await);
    }));
    drop(tokio::spawn(async move {
        drop(tokio::io::copy(&mut from_server, &mut to_client).await);
    }));
    let mut stream = shaking.await.unwrap().unwrap();
    let answer = ask(&mut stream, "GET", "/a", b"").await;
    assert_eq!(answer.text(), "a");
    assert_eq!(answer.header("connection"), Some("close"));
    drop(stream);
    assert_eq!(stopped.await.unwrap().aborted(), 0);
}

#[tokio::test]
async fn a_half_sent_head_is_answered_408_over_tls() {
    let authority = Authority::new();
    let mut server = Server::of([says("/a", "a")]);
    server
        .limits(Limits::default().header_read(std::time::Duration::from_millis(100)))
        .tls(authority.vouch(&["localhost"]).tls());
    let bg = server.serve_managed(FREE);
    let mut stream = Trusting::new(&authority).connect(bg.addr()).await;
    stream.write_all(b"GET /a HTT").await.unwrap();
    let read = ends_in_order(&mut stream).await;
    assert!(read.starts_with(b"HTTP/1.1 408 "));
}

#[tokio::test]
async fn a_client_that_leaves_without_a_word_cancels_its_handler() {
    for announced in [true, false] {
        let entered = Arc::new(Semaphore::new(0));
        let cancelled = Arc::new(Semaphore::new(0));
        let (entering, cancelling) = (Arc::clone(&entered), Arc::clone(&cancelled));
        let endless = ServerMechanism::get("/endless").onconnect(move || {
            let (entering, tells) = (Arc::clone(&entering), Tells(Arc::clone(&cancelling)));
            async move {
                let _tells = tells;
                entering.add_permits(1);
                std::future::pending::<()>().await;
            }
        });
        let (bg, client) = serve_tls([endless]);
        let mut stream = client.connect(bg.addr()).await;
        let request = b"GET /endless HTTP/1.1\r\nhost: test\r\n\r\n";
        stream.write_all(request).await.unwrap();
        entered.acquire().await.unwrap().forget();
        if announced {
            stream.shutdown().await.unwrap();
        }
        drop(stream);
        cancelled.acquire().await.unwrap().forget();
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_by_the_limits() {
    let authority = Authority::new();
    let dropped = Arc::new(Semaphore::new(0));
    let telling = Arc::clone(&dropped);
    let endless = ServerMechanism::get("/endless").onconnect(move || {
        let tells = Tells(Arc::clone(&telling));
        async move {
            Body::from_stream(futures_util::stream::repeat_with(move || {
                let _kept = &tells;
                Ok::<_, std::io::Error>(Bytes::from(vec![0; 16 << 10]))
            }))
        }
    });
    let mut server = Server::of([endless]);
    server
        .limits(Limits::default().stall(std::time::Duration::from_millis(200)))
        .tls(authority.vouch(&["localhost"]).tls());
    let bg = server.serve_managed(FREE);
    let mut stream = Trusting::new(&authority).connect(bg.addr()).await;
    let request = b"GET /endless HTTP/1.1\r\nhost: test\r\n\r\n";
    stream.write_all(request).await.unwrap();
    dropped.acquire().await.unwrap().forget();
    drop(stream);
}

#[tokio::test]
async fn websockets_speak_over_tls() {
    let echo = ServerMechanism::get("/echo").onconnect(|upgrade: WebSocketUpgrade| async {
        upgrade.run(|mut socket: WebSocket| async move {
            while let Ok(Some(message)) = socket.receive().await {
                socket.send(message).await.unwrap();
            }
        })
    });
    let (bg, client) = serve_tls([echo]);
    let stream = client.connect(bg.addr()).await;
    let request = format!("wss://{}/echo", bg.addr())
        .into_client_request()
        .unwrap();
    let (mut socket, answer) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    assert_eq!(answer.status(), 101);
    for frame in [Frame::text("hi"), Frame::binary(vec![7; 100_000])] {
        socket.send(frame.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), frame);
    }
    // Told of the stop, it closes as websockets do.
    let stopped = tokio::spawn(bg.stop());
    let closed = socket.next().await.unwrap().unwrap();
    assert!(closed.is_close(), "{closed:?}");
    while let Some(Ok(_)) = socket.next().await {}
    assert_eq!(stopped.await.unwrap().aborted(), 0);
}

#[tokio::test]
async fn a_session_is_resumed() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let addr: SocketAddr = bg.addr();
    let mut kinds = Vec::new();
    // The store of sessions is shared by the clones of a configuration.
    for _ in 0..2 {
        let mut stream = client.connect(addr).await;
        assert_eq!(ask(&mut stream, "GET", "/a", b"").await.status, 200);
        kinds.push(format!(
            "{:?}",
            stream.get_ref().1.handshake_kind().unwrap()
        ));
    }
    assert_eq!(kinds, ["Full", "Resumed"]);
}

#[tokio::test]
async fn a_rebind_turns_tls_on_and_off_on_the_same_address() {
    let authority = Authority::new();
    let client = Trusting::new(&authority);
    let mut bg = serve([says("/a", "a")]);
    let addr = bg.addr();
    let mut plain = Client::connect(addr).await;
    assert_eq!(plain.send("GET", "/a").await.status, 200);

    let tls = authority.vouch(&["localhost"]).tls();
    let moving = tokio::spawn(async move {
        bg.try_rebind_tls(addr, tls).await.unwrap();
        bg
    });
    let mut stream = loop {
        // Until the move has begun, nobody answers a handshake.
        if let Ok(stream) = client.try_connect(addr).await {
            break stream;
        }
    };
    // What had connected before goes on as it began.
    let answer = plain.send("GET", "/a").await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (200, Some("close"))
    );
    assert_eq!(ask(&mut stream, "GET", "/a", b"").await.text(), "a");
    let mut bg = moving.await.unwrap();
    assert_eq!(
        Client::connect(addr).await.send("GET", "/a").await.status,
        400
    );

    let wrong = toolkit_zero::server::Tls::files("no.pem", "no.key");
    let error = bg
        .try_rebind_tls(addr, wrong)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no.pem") && error.contains("stays where it is"),
        "{error}"
    );
    drop(client.connect(addr).await);

    // A move keeps what is spoken.
    bg.rebind(FREE).await;
    drop(client.connect(bg.addr()).await);
    drop(stream);
    bg.try_rebind_tls(FREE, None).await.unwrap();
    let mut plain = Client::connect(bg.addr()).await;
    assert_eq!(plain.send("GET", "/a").await.status, 200);
}

#[tokio::test]
async fn an_address_is_added_with_tls_as_the_server_has_it_or_without() {
    let (mut bg, trusting) = serve_tls([says("/", "here")]);
    let secure = bg.listen(FREE).await.tcp().unwrap();
    let plain = bg.listen(Listen::from(FREE).plain()).await.tcp().unwrap();
    let mut stream = trusting.connect(secure).await;
    assert_eq!(ask(&mut stream, "GET", "/", b"").await.text(), "here");
    let mut client = Client::connect(plain).await;
    assert_eq!(client.send("GET", "/").await.text(), "here");
    // A move of the first keeps what each speaks.
    bg.rebind(FREE).await;
    let mut stream = trusting.connect(bg.addr()).await;
    assert_eq!(ask(&mut stream, "GET", "/", b"").await.text(), "here");
    let mut client = Client::connect(plain).await;
    assert_eq!(client.send("GET", "/").await.text(), "here");
}
