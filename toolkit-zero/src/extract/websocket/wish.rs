//! What a request says that wishes to speak WebSocket: over HTTP/1.1 (RFC 6455 section 4.2.1), over HTTP/2 (RFC 8441).

use http::header::{
    CONNECTION, HOST, HeaderName, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use hyper::ext::Protocol;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::super::Request;
use crate::reply::{InputError, Problem};

/// What the answer has to prove: over HTTP/2 nothing.
pub(super) fn accept_key(request: &Request) -> Result<Option<String>, Problem> {
    let headers = request.headers();
    let over_http2 = request.version() == Version::HTTP_2;
    let wished = if over_http2 {
        request.extensions().get::<Protocol>().is_some()
    } else {
        request.version() == Version::HTTP_11
            && lists(headers, &CONNECTION, "upgrade")
            && lists(headers, &UPGRADE, "websocket")
    };
    if !wished || *request.method() != Method::GET {
        return Err(required(over_http2, "this address speaks WebSocket"));
    }
    let version = headers.get(SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|version| version != "13") {
        return Err(required(over_http2, "the only version of WebSocket is 13")
            .header("sec-websocket-version", "13"));
    }
    if over_http2 {
        return Ok(None);
    }
    match headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes) {
        Some(key) if is_key(key) => Ok(Some(derive_accept_key(key))),
        _ => {
            let name = SEC_WEBSOCKET_KEY.as_str();
            let problem = Problem::bad_request()
                .detail(format!("the header field `{name}` is not valid"))
                .error(InputError::at_parameter(
                    name,
                    "it is not 16 bytes in base64",
                ));
            Err(problem)
        }
    }
}

/// The subprotocols that the client offers, the one it likes most first.
pub(super) fn offered(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(',').map(|name| name.trim().to_owned()))
        .collect()
}

/// Whether the page that asks, if a page does, is one of the host that was asked.
pub(super) fn is_of_the_same_origin(request: &Request) -> bool {
    let headers = request.headers();
    let host = match request.uri().authority() {
        Some(authority) => Some(authority.as_str().as_bytes()),
        None => headers.get(HOST).map(HeaderValue::as_bytes),
    };
    let origin = headers.get(ORIGIN);
    origin.is_none_or(|origin| is_of(origin, host))
}

/// Whether a comma-separated field has this element.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let lines = headers.get_all(name).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|element| element.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
}

/// 16 bytes in base64 (RFC 6455 section 4.1).
fn is_key(key: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.len() == 24 && key.ends_with(b"==") && key[..22].iter().all(letter)
}

/// Whether an origin names the host that was asked.
fn is_of(origin: &HeaderValue, host: Option<&[u8]>) -> bool {
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.parse::<Uri>().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    match (authority, host) {
        (Some(authority), Some(host)) => host.eq_ignore_ascii_case(authority.as_str().as_bytes()),
        _ => false,
    }
}

/// 426 wants a field that HTTP/2 forbids (RFC 9110 section 15.5.22, RFC 9113 section 8.2.2).
#[cold]
fn required(over_http2: bool, detail: &str) -> Problem {
    if over_http2 {
        let how = "ask with an extended CONNECT (RFC 8441)";
        return Problem::bad_request().detail(format!("{detail}; {how}"));
    }
    Problem::new(StatusCode::UPGRADE_REQUIRED)
        .detail(detail)
        .header("upgrade", "websocket")
        .header("connection", "upgrade")
}
