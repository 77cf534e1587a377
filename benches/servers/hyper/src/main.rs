//! The routes on hyper alone, with its defaults.

use std::convert::Infallible;

use bytes::Bytes;
use common::{Item, NewItem, Pong, User};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

type Answer = Response<Full<Bytes>>;

fn main() {
    let options = common::Options::read();
    common::run(&options, || {
        let listener = common::listen();
        let addr = listener.local_addr().expect("a bound socket");
        tokio::spawn(accept(listener, options.http2));
        addr
    });
}

async fn accept(listener: TcpListener, http2: bool) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let stream = TokioIo::new(stream);
        if http2 {
            let builder = http2::Builder::new(TokioExecutor::new());
            tokio::spawn(builder.serve_connection(stream, service_fn(answer)));
        } else {
            let builder = http1::Builder::new();
            tokio::spawn(builder.serve_connection(stream, service_fn(answer)));
        }
    }
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let path = request.uri().path();
    Ok(match (request.method(), path) {
        (&Method::GET, "/ping") => json(StatusCode::OK, serde_json::to_vec(&Pong { ok: true })),
        (&Method::POST, "/items") => items(request).await,
        (&Method::GET, path) => match path.strip_prefix("/users/").map(str::parse) {
            Some(Ok(id)) => json(StatusCode::OK, serde_json::to_vec(&User::find(id))),
            Some(Err(_)) => status(StatusCode::BAD_REQUEST),
            None => status(StatusCode::NOT_FOUND),
        },
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn items(request: Request<Incoming>) -> Answer {
    let Ok(body) = request.into_body().collect().await else {
        return status(StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<NewItem>(&body.to_bytes()) {
        Ok(new) => json(StatusCode::CREATED, serde_json::to_vec(&Item::create(new))),
        Err(_) => status(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

fn json(status: StatusCode, body: serde_json::Result<Vec<u8>>) -> Answer {
    let mut response = Response::new(Full::from(body.expect("a value that can be written")));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
