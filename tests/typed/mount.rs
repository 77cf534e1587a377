//! Services of others below a prefix: an axum router, and a gRPC service of tonic.

use axum::extract::{Path as AxumPath, Request as AxumRequest};
use axum::routing::{get as axum_get, post as axum_post};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::Client;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use tower::service_fn;

use crate::support::{FREE, Fed, problem, says};

fn old_application() -> axum::Router {
    axum::Router::new()
        .route("/", axum_get(|| async { "the old root" }))
        .route(
            "/users/{id}",
            axum_get(|AxumPath(id): AxumPath<u32>| async move { format!("old user {id}") }),
        )
        .route(
            "/echo",
            axum_post(|axum::Json(value): axum::Json<serde_json::Value>| async {
                axum::Json(value)
            }),
        )
        .route(
            "/moved",
            axum_get(|request: AxumRequest| async move { request.uri().to_string() }),
        )
}

#[tokio::test]
async fn an_axum_router_answers_what_was_not_moved_yet() {
    let mut server = Server::of([says("/old/moved", "here now"), says("/", "root")]);
    server.mount("/old", old_application());
    server.layer(from_fn(|request: Request, next: Next| async move {
        let mut response = next.run(request).await;
        response
            .headers_mut()
            .insert("x-server", "ours".parse().unwrap());
        response
    }));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    for (path, status, text) in [
        ("/", 200, "root"),
        ("/old/moved", 200, "here now"),
        ("/old/users/7", 200, "old user 7"),
        ("/old", 200, "the old root"),
        ("/old/", 200, "the old root"),
        // A refusal of axum's own.
        ("/old/nothing", 404, ""),
    ] {
        let answer = client.send("GET", path).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (status, text),
            "{path}"
        );
        assert_eq!(answer.header("x-server"), Some("ours"));
    }
    let json = "application/json";
    let answer = client
        .send_with("POST", "/old/echo", json, r#"{"a":[1,2]}"#)
        .await;
    assert_eq!(answer.text(), r#"{"a":[1,2]}"#);
    problem(&client.send("GET", "/older").await, 404, "/older");
}

#[tokio::test]
async fn a_live_server_takes_a_service_and_lets_it_go_path_and_query_kept() {
    let bg = Server::default().serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/old/moved").await.status, 404);
    bg.routes()
        .add(ServerMechanism::mount("/old/{version}", old_application()))
        .unwrap();
    let answer = client.send("GET", "/old/v%31/moved?a=%20b").await;
    assert_eq!(answer.text(), "/moved?a=%20b");
    let whole = service_fn(|request: http::Request<Body>| async move {
        Ok::<_, std::convert::Infallible>(http::Response::new(request.uri().to_string()))
    });
    bg.routes()
        .add(ServerMechanism::forward("/whole", whole))
        .unwrap();
    let answer = client.send("PUT", "/whole/a/b?c").await;
    assert_eq!(answer.text(), "/whole/a/b?c");
}

mod echo {
    //! What tonic-build would write for `service Echo { rpc Say (..) returns (..); }`, with bytes for messages.

    use bytes::{Buf, BufMut, Bytes};
    use futures_util::{Stream, StreamExt};
    use tonic::Status;
    use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

    #[derive(Clone, Copy, Default)]
    pub(super) struct Plain;

    impl Codec for Plain {
        type Encode = Bytes;
        type Decode = Bytes;
        type Encoder = Self;
        type Decoder = Self;

        fn encoder(&mut self) -> Self {
            Self
        }

        fn decoder(&mut self) -> Self {
            Self
        }
    }

    impl Encoder for Plain {
        type Item = Bytes;
        type Error = Status;

        fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
            buffer.put(item);
            Ok(())
        }
    }

    impl Decoder for Plain {
        type Item = Bytes;
        type Error = Status;

        fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
            Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
        }
    }

    /// Answers each message as it comes, and fails at `fail`.
    pub(super) async fn talk(
        request: tonic::Request<tonic::Streaming<Bytes>>,
    ) -> Result<tonic::Response<impl Stream<Item = Result<Bytes, Status>> + Send>, Status> {
        let answers = request.into_inner().map(|said| match &said?[..] {
            b"fail" => Err(Status::aborted("as you wish")),
            said => Ok([b"you said ", said].concat().into()),
        });
        Ok(tonic::Response::new(answers))
    }

    pub(super) async fn say(
        request: tonic::Request<Bytes>,
    ) -> Result<tonic::Response<Bytes>, Status> {
        match &request.into_inner()[..] {
            b"fail" => Err(Status::invalid_argument("not that")),
            said => Ok(tonic::Response::new([b"you said ", said].concat().into())),
        }
    }
}

async fn grpc(
    request: http::Request<Body>,
) -> Result<http::Response<tonic::body::Body>, std::convert::Infallible> {
    Ok(match request.uri().path() {
        "/echo.Echo/Talk" => {
            let mut grpc = tonic::server::Grpc::new(echo::Plain);
            grpc.streaming(service_fn(echo::talk), request).await
        }
        "/echo.Echo/Say" => {
            let mut grpc = tonic::server::Grpc::new(echo::Plain);
            let say = service_fn(echo::say);
            grpc.unary(say, request).await
        }
        _ => tonic::Status::unimplemented("no such method").into_http(),
    })
}

/// One message in gRPC's framing: not compressed, its length in four bytes.
fn framed(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &length[..], message].concat().into()
}

#[tokio::test]
async fn a_grpc_service_answers_over_http2_with_its_trailers() {
    let mut server = Server::of([says("/", "root")]);
    server.forward("/echo.Echo", service_fn(grpc));
    let bg = server.serve_managed(FREE);
    let stream = TcpStream::connect(bg.addr()).await.unwrap();
    let (mut sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    drop(tokio::spawn(connection));
    for (method, message, answered, status) in [
        ("Say", &b"hello"[..], Some(framed(b"you said hello")), "0"),
        ("Say", b"fail", None, "3"),
        ("Sing", b"hello", None, "12"),
    ] {
        let request = http::Request::post(format!("http://test/echo.Echo/{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Full::new(framed(message)))
            .unwrap();
        let (head, body) = sender.send_request(request).await.unwrap().into_parts();
        assert_eq!(head.status, 200);
        assert_eq!(head.headers["content-type"], "application/grpc");
        let collected = body.collect().await.unwrap();
        // What fails at once has its status in the head ("trailers-only").
        assert_eq!(collected.trailers().is_some(), answered.is_some());
        let trailers = collected.trailers().cloned().unwrap_or(head.headers);
        assert_eq!(trailers["grpc-status"], status, "{method}");
        assert_eq!(collected.to_bytes(), answered.unwrap_or_default());
    }
}

#[tokio::test]
async fn a_grpc_service_streams_both_ways_and_tells_its_end_in_trailers() {
    let mut server = Server::default();
    server.forward("/echo.Echo", service_fn(grpc));
    let bg = server.serve_managed(FREE);
    for (last, status) in [(None, "0"), (Some("fail"), "10")] {
        let stream = TcpStream::connect(bg.addr()).await.unwrap();
        let (mut sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        drop(tokio::spawn(connection));
        let (feed, stream) = Fed::new();
        let feed: mpsc::UnboundedSender<Result<Frame<Bytes>, std::convert::Infallible>> = feed;
        let request = http::Request::post("http://test/echo.Echo/Talk")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(StreamBody::new(stream))
            .unwrap();
        let (head, mut body) = sender.send_request(request).await.unwrap().into_parts();
        assert_eq!(head.status, 200);
        // Each answer is there before the next is asked.
        for said in ["one", "two"] {
            feed.send(Ok(Frame::data(framed(said.as_bytes())))).unwrap();
            let answer = framed(format!("you said {said}").as_bytes());
            let mut came = Vec::new();
            while came.len() < answer.len() {
                came.extend_from_slice(&body.frame().await.unwrap().unwrap().into_data().unwrap());
            }
            assert_eq!(came, answer);
        }
        if let Some(said) = last {
            feed.send(Ok(Frame::data(framed(said.as_bytes())))).unwrap();
        }
        drop(feed);
        let trailers = body
            .frame()
            .await
            .unwrap()
            .unwrap()
            .into_trailers()
            .unwrap();
        assert_eq!(trailers["grpc-status"], status);
        assert!(body.frame().await.is_none());
    }
}
