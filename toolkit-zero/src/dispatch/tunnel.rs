//! WebSockets over HTTP/2: an extended `CONNECT` (RFC 8441) is routed as the `GET` that it stands for.

use http::{Method, Request, StatusCode};
use hyper::ext::Protocol;

use crate::message::{Body, Response, Switched};
use crate::reply::{IntoResponse, Problem};

/// Makes an extended `CONNECT` that wishes to speak WebSocket a `GET`. Its `:protocol` stays beside it.
pub(super) fn becomes_get(request: &mut Request<Body>) -> bool {
    let protocol = request.extensions().get::<Protocol>();
    let is_websocket =
        protocol.is_some_and(|protocol| protocol.as_ref().eq_ignore_ascii_case(b"websocket"));
    if is_websocket {
        *request.method_mut() = Method::GET;
    }
    is_websocket
}

/// A success would open a tunnel to nobody: the handler is none for WebSockets.
pub(super) fn refuse_unless_switched(response: &mut Response, path: &str) {
    let success = response.status().is_success();
    if response.extensions_mut().remove::<Switched>().is_none() && success {
        // RFC 9220 section 3 says so of protocols that a server does not speak.
        *response = Problem::new(StatusCode::NOT_IMPLEMENTED)
            .detail("this address does not speak WebSocket")
            .instance(path)
            .into_response();
    }
}
