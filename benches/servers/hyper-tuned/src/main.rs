//! The routes on hyper alone, driven as well as its public API allows.
//!
//! `half_close`, so that no buffer is allocated to look for the client's end while an answer is made; no timer; one write
//! an answer; `TCP_NODELAY`; an answer in the request's own map of fields and in a body that owns its bytes; a request's
//! body of one frame is read where it lies.

use std::convert::Infallible;
use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use common::{Item, NewItem, Pong, User};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

type Answer = Response<Whole>;

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
    let mut http1 = http1::Builder::new();
    http1.half_close(true).writev(false);
    let http2 = http2.then(|| http2::Builder::new(TokioExecutor::new()));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("an open socket");
        let stream = TokioIo::new(stream);
        if let Some(http2) = &http2 {
            tokio::spawn(http2.serve_connection(stream, service_fn(answer)));
        } else {
            tokio::spawn(http1.serve_connection(stream, service_fn(answer)));
        }
    }
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let (parts, body) = request.into_parts();
    let fields = parts.headers;
    let path = parts.uri.path();
    Ok(match (&parts.method, path) {
        (&Method::GET, "/ping") => {
            let pong = serde_json::to_vec(&Pong { ok: true });
            json(fields, StatusCode::OK, pong)
        }
        (&Method::POST, "/items") => {
            drop(parts.uri);
            items(fields, body).await
        }
        (&Method::GET, path) => match path.strip_prefix("/users/").map(str::parse) {
            Some(Ok(id)) => json(fields, StatusCode::OK, serde_json::to_vec(&User::find(id))),
            Some(Err(_)) => status(StatusCode::BAD_REQUEST),
            None => status(StatusCode::NOT_FOUND),
        },
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn items(fields: HeaderMap, body: Incoming) -> Answer {
    let Ok(body) = whole(body).await else {
        return status(StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<NewItem>(&body) {
        Ok(new) => {
            let item = serde_json::to_vec(&Item::create(new));
            json(fields, StatusCode::CREATED, item)
        }
        Err(_) => status(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// The bytes of a body, which mostly is one frame.
async fn whole(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let first = body.frame().await.transpose()?;
    let first = first.and_then(|frame| frame.into_data().ok());
    let first = first.unwrap_or_default();
    if body.is_end_stream() {
        return Ok(first);
    }
    let mut rest = body.collect().await?.aggregate();
    let mut all = first.to_vec();
    all.extend_from_slice(&rest.copy_to_bytes(rest.remaining()));
    Ok(all.into())
}

fn json(mut fields: HeaderMap, status: StatusCode, body: serde_json::Result<Vec<u8>>) -> Answer {
    let body = body.expect("a value that can be written");
    let mut response = Response::new(Whole(Some(Cursor::new(body))));
    *response.status_mut() = status;
    fields.clear();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.headers_mut() = fields;
    response
}

fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Whole(None));
    *response.status_mut() = status;
    response
}

/// A body that owns its bytes and gives them in one frame.
struct Whole(Option<Cursor<Vec<u8>>>);

impl Body for Whole {
    type Data = Cursor<Vec<u8>>;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let bytes = self.0.as_ref().map_or(0, |bytes| bytes.get_ref().len());
        SizeHint::with_exact(bytes as u64)
    }
}
