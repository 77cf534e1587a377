//! The routes on hyper alone, with its defaults.

use std::convert::Infallible;

use bytes::Bytes;
use common::{Item, NewItem, Pong, User};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

type Answer = Response<Full<Bytes>>;

fn main() {
    common::run(|| {
        let listener = common::listen();
        let addr = listener.local_addr().expect("a bound socket");
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let connection = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer));
                tokio::spawn(connection);
            }
        });
        addr
    });
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
