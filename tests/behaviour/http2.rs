//! HTTP/2 with prior knowledge, on the port that speaks HTTP/1.1.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::Client;
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{says, serve};

pub(crate) type Sender = SendRequest<Full<Bytes>>;

pub(crate) async fn connect(addr: SocketAddr) -> Sender {
    let stream = TcpStream::connect(addr).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    drop(tokio::spawn(connection));
    sender
}

pub(crate) async fn send(
    sender: &Sender,
    method: Method,
    path: &str,
    body: &'static str,
) -> (http::response::Parts, String) {
    let mut sender = sender.clone();
    sender.ready().await.unwrap();
    let request = http::Request::builder()
        .method(method)
        .uri(format!("http://test{path}"))
        .header("content-type", "application/json")
        .body(Full::from(body))
        .unwrap();
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head, String::from_utf8(body.into()).unwrap())
}

fn routes() -> Vec<SocketType> {
    vec![
        says("/a", "a"),
        ServerMechanism::post("/echo/{x}").onconnect(
            |Path(x): Path<u8>, Json(body): Json<serde_json::Value>| async move {
                (StatusCode::CREATED, Json((x, body)))
            },
        ),
        ServerMechanism::get("/panic").onconnect(|| async {
            assert!(std::env::args().len() > 1_000, "on purpose");
        }),
        ServerMechanism::post("/small")
            .onconnect(|_: Bytes| async {})
            .body_limit(4),
    ]
}

#[tokio::test]
async fn requests_are_answered_over_http2_as_over_http1() {
    let bg = serve(routes());
    let sender = connect(bg.addr()).await;
    let (head, body) = send(&sender, Method::GET, "/a", "").await;
    assert_eq!(
        (head.status.as_u16(), head.version, body.as_str()),
        (200, http::Version::HTTP_2, "a")
    );
    let (head, body) = send(&sender, Method::POST, "/echo/7", r#"{"k":1}"#).await;
    assert_eq!(
        (head.status.as_u16(), body.as_str()),
        (201, r#"[7,{"k":1}]"#)
    );
    let (head, body) = send(&sender, Method::HEAD, "/a", "").await;
    assert_eq!((head.status.as_u16(), body.as_str()), (200, ""));
    assert_eq!(head.headers["content-length"], "1");
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/a").await.text(), "a");
}

#[tokio::test]
async fn refusals_over_http2_are_problems_and_end_only_their_stream() {
    let bg = serve(routes());
    let sender = connect(bg.addr()).await;
    for (method, path, body, status) in [
        (Method::GET, "/nothing", "", 404),
        (Method::PUT, "/a", "", 405),
        (Method::POST, "/echo/x", "{}", 400),
        (Method::POST, "/echo/7", "{", 400),
        (Method::POST, "/small", "12345", 413),
        (Method::GET, "/panic", "", 500),
    ] {
        let (head, document) = send(&sender, method, path, body).await;
        assert_eq!(head.status.as_u16(), status, "{path}");
        assert_eq!(
            head.headers["content-type"], "application/problem+json",
            "{path}"
        );
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["status"], status, "{path}");
        assert_eq!(head.headers.get("connection"), None, "{path}");
        let (head, _) = send(&sender, Method::GET, "/a", "").await;
        assert_eq!(head.status, 200, "after {path}");
    }
}

#[tokio::test]
async fn streams_of_one_connection_are_served_at_once() {
    const STREAMS: usize = 100;
    let barrier = Arc::new(Barrier::new(STREAMS));
    // None is answered before all have been begun.
    let together = ServerMechanism::get("/together/{n}").onconnect(move |Path(n): Path<String>| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            n
        }
    });
    let bg = serve([together]);
    let sender = connect(bg.addr()).await;
    let mut requests = JoinSet::new();
    for n in 0..STREAMS {
        let sender = sender.clone();
        requests.spawn(async move {
            let (_, body) = send(&sender, Method::GET, &format!("/together/{n}"), "").await;
            assert_eq!(body, n.to_string());
        });
    }
    assert_eq!(requests.join_all().await.len(), STREAMS);
}

#[tokio::test]
async fn the_live_table_serves_open_http2_connections() {
    let bg = serve(routes());
    let sender = connect(bg.addr()).await;
    assert_eq!(send(&sender, Method::GET, "/live", "").await.0.status, 404);
    bg.routes().add(says("/live", "live")).unwrap();
    assert_eq!(send(&sender, Method::GET, "/live", "").await.1, "live");
    bg.routes().remove(&Method::GET, "/live").unwrap();
    assert_eq!(send(&sender, Method::GET, "/live", "").await.0.status, 404);
}
