//! What hyper leaves to the server: heads that it reads and that a server has to refuse all the same.
//!
//! | head | answer | by |
//! |---|---|---|
//! | HTTP/1.1 without `Host`, any with several or an invalid one | 400 | RFC 9112 section 3.2 |
//! | a target in absolute form, or `:authority`, that `Host` contradicts | 400 | RFC 9112 section 3.2.2 would have `Host` ignored, RFC 9113 section 8.3.1 calls it malformed; whoever sends both is confused or an attacker |
//! | user information in the target | 400 | RFC 9110 section 4.2.4 |
//! | a target that is neither a path nor a URI, `*` without `OPTIONS` | 400 | RFC 9112 section 3.2 |
//! | a target that is too long | 414 | RFC 9110 section 15.5.15 |
//! | too many field lines | 431 | RFC 6585 section 5 |
//! | a transfer coding other than `chunked` | 501 | RFC 9112 section 6.1 |
//! | `chunked` twice | 400 | RFC 9112 section 6.1 |
//! | `CONNECT` (but for WebSockets: RFC 8441) and `TRACE` | 501 | RFC 9110 section 9.1: 405 is for a method that another resource of the server may have, and none has these |

use std::cell::RefCell;
use std::net::Ipv6Addr;

use http::header::{HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, Uri, Version};

use crate::message::Request;
use crate::reply::Problem;

/// The largest head that is taken, beyond what the transport refuses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadLimits {
    /// Bytes of a target.
    pub(crate) target: usize,
    /// Field lines.
    pub(crate) headers: usize,
}

impl HeadLimits {
    /// Refuses what the table above lists.
    #[inline]
    pub(super) fn check(&self, request: &Request) -> Result<(), Problem> {
        let (uri, headers, method) = (request.uri(), request.headers(), request.method());
        let target = uri.path_and_query();
        if target.map_or(0, |it| it.as_str().len()) > self.target {
            return Err(too_long(self.target));
        }
        if headers.len() > self.headers {
            return Err(too_many(self.headers));
        }
        if matches!(*method, Method::CONNECT | Method::TRACE) {
            return Err(not_implemented(method));
        }
        // Without a path it is empty, and so is that of a `CONNECT`.
        if !target.is_some_and(|it| it.as_str().starts_with('/')) {
            check_pathless(uri, method)?;
        }
        check_host(request.version(), uri, headers)?;
        // hyper gives a body without a length to an HTTP/1 request that names a transfer coding.
        if !request.body().is_nothing()
            && request.version() == Version::HTTP_11
            && http_body::Body::size_hint(request.body()).exact().is_none()
        {
            check_coding(headers)?;
        }
        Ok(())
    }
}

#[cold]
fn too_long(limit: usize) -> Problem {
    Problem::uri_too_long().detail(format!(
        "the request target is longer than the {limit} bytes this server takes"
    ))
}

#[cold]
fn too_many(limit: usize) -> Problem {
    Problem::new(http::StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE).detail(format!(
        "the request has more than the {limit} field lines this server takes"
    ))
}

#[cold]
fn not_implemented(method: &Method) -> Problem {
    // What follows a CONNECT may be meant for the tunnel that there is not.
    Problem::new(http::StatusCode::NOT_IMPLEMENTED)
        .detail(format!("{method} is not implemented by this server"))
        .header("connection", "close")
}

#[cold]
fn check_pathless(uri: &Uri, method: &Method) -> Result<(), Problem> {
    let path = uri.path();
    if path.starts_with('/') || *method == Method::OPTIONS && path == "*" {
        Ok(())
    } else {
        Err(Problem::bad_request()
            .detail("the request target is neither an absolute path nor a URI"))
    }
}

#[inline]
fn check_host(version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let host = match headers.iter().next() {
        // RFC 9112 section 3.2 wants it first, and hyper keeps the order.
        Some((name, host)) if name == HOST => Some(host),
        _ => headers.get(HOST),
    };
    // Fields that repeat are rare, whichever they are.
    if headers.len() != headers.keys_len() && headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(bad_host("the request has several `host` fields; send one"));
    }
    if let Some(host) = host
        && !is_known_host(host.as_bytes())
    {
        return Err(bad_host(
            "the `host` field is not a host with or without a port",
        ));
    }
    match (uri.authority(), host) {
        (None, Some(_)) => Ok(()),
        (None, None) if version <= Version::HTTP_10 => Ok(()),
        (Some(authority), None) if version >= Version::HTTP_2 => only_a_host(authority.as_str()),
        (_, None) => Err(bad_host("the request has no `host` field; send one")),
        (Some(authority), Some(host)) => {
            only_a_host(authority.as_str())?;
            agree(uri, authority.as_str(), host)
        }
    }
}

#[cold]
fn bad_host(detail: &'static str) -> Problem {
    Problem::bad_request().detail(detail)
}

fn only_a_host(authority: &str) -> Result<(), Problem> {
    if is_host(authority.as_bytes()) {
        Ok(())
    } else {
        Err(bad_host("the request target names no host, or a user"))
    }
}

/// Whether the target and `Host` name the same server.
fn agree(uri: &Uri, authority: &str, host: &HeaderValue) -> Result<(), Problem> {
    let port = match uri.scheme_str() {
        Some("https") => ":443",
        _ => ":80",
    };
    let bare = |text: &str| {
        let text = text.strip_suffix(port).unwrap_or(text);
        text.strip_suffix(':').unwrap_or(text).to_ascii_lowercase()
    };
    let host = host.to_str().unwrap_or_default();
    if authority.eq_ignore_ascii_case(host) || bare(authority) == bare(host) {
        Ok(())
    } else {
        Err(bad_host("the `host` field contradicts the request target"))
    }
}

thread_local! {
    /// The last good host that this thread has read: nearly every request names the one before it.
    static LAST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// As [`is_host`], which is not asked twice in a row about the same text.
#[inline]
fn is_known_host(text: &[u8]) -> bool {
    let known = LAST.try_with(|last| last.try_borrow().is_ok_and(|last| *last == text));
    known.unwrap_or(false) || is_new_host(text)
}

#[inline(never)]
fn is_new_host(text: &[u8]) -> bool {
    let good = is_host(text);
    // What is kept is small.
    if good && text.len() <= 64 {
        let _kept = LAST.try_with(|last| {
            if let Ok(mut last) = last.try_borrow_mut() {
                last.clear();
                last.extend_from_slice(text);
            }
        });
    }
    good
}

/// `uri-host [ ":" port ]` (RFC 9110 section 7.2). Empty where the target has no authority, which we allow.
fn is_host(mut text: &[u8]) -> bool {
    if let Some(literal) = text.strip_prefix(b"[") {
        let Some(end) = literal.iter().position(|byte| *byte == b']') else {
            return false;
        };
        let address = std::str::from_utf8(&literal[..end]).unwrap_or_default();
        return address.parse::<Ipv6Addr>().is_ok() && is_port(&literal[end + 1..]);
    }
    // A loop: a head has room for as many escapes as the stack has not.
    while let Some(end) = text.iter().position(|byte| !OF_A_NAME[usize::from(*byte)]) {
        match &text[end..] {
            port @ [b':', ..] => return is_port(port),
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                text = rest;
            }
            _ => return false,
        }
    }
    true
}

/// Nothing, or a colon and a number; the number may be missing (RFC 3986 section 3.2.3).
fn is_port(text: &[u8]) -> bool {
    match text {
        [] | [b':'] => true,
        [b':', digits @ ..] => {
            // No more than this is kept of a number that is too large already.
            let number = digits.iter().try_fold(0_u32, |number, byte| {
                let digit = byte.wrapping_sub(b'0');
                (digit < 10).then(|| (number * 10 + u32::from(digit)).min(1 << 16))
            });
            number.is_some_and(|number| u16::try_from(number).is_ok())
        }
        _ => false,
    }
}

/// `unreserved` or `sub-delims` (RFC 3986 section 3.2.2).
const OF_A_NAME: [bool; 256] = {
    let (mut table, marks) = ([false; 256], b"-._~!$&'()*+,;=");
    let mut byte = 0;
    while byte < marks.len() {
        table[marks[byte] as usize] = true;
        byte += 1;
    }
    let mut byte: u8 = 0;
    while byte.is_ascii() {
        table[byte as usize] |= byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

#[cold]
fn check_coding(headers: &HeaderMap) -> Result<(), Problem> {
    let codings: Vec<_> = headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|coding| !coding.is_empty())
        .collect();
    let is_chunked = |coding: &&[u8]| coding.eq_ignore_ascii_case(b"chunked");
    match codings.iter().filter(|coding| is_chunked(coding)).count() {
        chunked if chunked < codings.len() => Err(Problem::new(http::StatusCode::NOT_IMPLEMENTED)
            .detail("the only transfer coding this server takes is `chunked`")
            .header("connection", "close")),
        0 | 1 => Ok(()),
        _ => Err(Problem::bad_request()
            .detail("the transfer coding `chunked` is applied more than once")
            .header("connection", "close")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for good in [
            "",
            "x",
            "example.com",
            "example.com:80",
            "example.com:",
            "127.0.0.1:65535",
            "[::1]",
            "[::1]:8080",
            "a_b",
            "%41.example",
            "x%2Dy:1",
            "a,b",
        ] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in [
            "a b",
            "a/b",
            "user@host",
            "x:80:80",
            "x:port",
            "x:65536",
            "[::1",
            "[x]",
            "[::1]x",
            "%4",
            "%zz",
            "a\\b",
            "é",
            "http://x",
            "x:8 0",
            "a\tb",
            "[]",
            "%41[::1]",
            "%41[",
        ] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn a_host_of_many_escapes_is_read_without_a_stack() {
        let many = "%41".repeat(20_000);
        let read = |text: String| {
            std::thread::Builder::new()
                .stack_size(64 << 10)
                .spawn(move || is_host(text.as_bytes()))
                .unwrap()
                .join()
                .unwrap()
        };
        assert!(read(format!("{many}:80")));
        assert!(!read(format!("{many}[::1]")));
    }

    #[test]
    fn a_default_port_may_be_left_out() {
        let agreed = |uri: &str, host: &'static str| {
            let uri: Uri = uri.parse().unwrap();
            let authority = uri.authority().unwrap().as_str().to_owned();
            agree(&uri, &authority, &HeaderValue::from_static(host)).is_ok()
        };
        assert!(agreed("http://x/", "X:80"));
        assert!(agreed("https://x:443/", "x"));
        assert!(!agreed("https://x:80/", "x"));
        assert!(!agreed("http://x/", "y"));
        assert!(!agreed("http://x/", ""));
    }
}
