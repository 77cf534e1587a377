//! Redirects with a checked `Location`.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{IntoResponse, Problem, Response};

/// What cannot stand in a URI reference (RFC 3986 section 2) is percent-encoded; what is encoded already stays.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// An answer that sends the client elsewhere (RFC 9110 section 15.4).
///
/// The location may be a path of this server or a whole address. Characters that a URI cannot hold, line breaks among
/// them, are percent-encoded, so that nothing can be smuggled into the head.
///
/// ```
/// use toolkit_zero::reply::{IntoResponse, Redirect};
///
/// let response = Redirect::to("/items/7").into_response();
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.headers()["location"], "/items/7");
/// ```
#[derive(Clone, Debug)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303 See Other: go there with GET, as after a form was posted.
    pub fn to(location: impl Into<String>) -> Self {
        Self::new(StatusCode::SEE_OTHER, location)
    }

    /// 307 Temporary Redirect: repeat this request there, this time.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self::new(StatusCode::TEMPORARY_REDIRECT, location)
    }

    /// 308 Permanent Redirect: repeat this request there, from now on.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self::new(StatusCode::PERMANENT_REDIRECT, location)
    }

    fn new(status: StatusCode, location: impl Into<String>) -> Self {
        Self {
            status,
            location: location.into(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let location: String = utf8_percent_encode(&self.location, UNSAFE).collect();
        match HeaderValue::try_from(location) {
            Ok(location) => {
                let mut response = self.status.into_response();
                response.headers_mut().insert(LOCATION, location);
                response
            }
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_location_is_encoded() {
        let response = Redirect::to("/a\r\nset-cookie: x=1").into_response();
        assert_eq!(response.headers()["location"], "/a%0D%0Aset-cookie:%20x=1");
    }
}
