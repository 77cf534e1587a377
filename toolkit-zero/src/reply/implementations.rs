//! The plain values: text, bytes, a status, nothing, and the containers of other replies.

use std::borrow::Cow;
use std::convert::Infallible;
use std::mem;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::{Answer, Body, BoxError, IntoResponse, Problem, Response};

/// A body with its content type and the status 200.
pub(crate) fn typed(content_type: &'static str, body: impl Into<Body>) -> Response {
    let content_type = HeaderValue::from_static(content_type);
    typed_in(&mut HeaderMap::new(), content_type, body.into())
}

/// The same, in an empty map that is there.
#[inline]
pub(super) fn typed_in(spare: &mut HeaderMap, content_type: HeaderValue, body: Body) -> Response {
    spare.insert(CONTENT_TYPE, content_type);
    let mut response = Response::new(body);
    mem::swap(response.headers_mut(), spare);
    response
}

fn empty_in(spare: &mut HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    mem::swap(response.headers_mut(), spare);
    response
}

pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const BYTES: &str = "application/octet-stream";
const HTML: &str = "text/html; charset=utf-8";

/// Text that a browser shows as a page.
#[derive(Clone, Copy, Debug)]
pub struct Html<T>(pub T);

/// The answer 204 No Content (RFC 9110 section 15.3.5).
#[derive(Clone, Copy, Debug)]
pub struct NoContent;

#[diagnostic::do_not_recommend]
impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        typed(HTML, self.0)
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        typed_in(
            spare,
            const { HeaderValue::from_static(HTML) },
            self.0.into(),
        )
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        StatusCode::NO_CONTENT.into_response_in(spare)
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::new(Body::empty())
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        empty_in(spare)
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        self.into_response_in(&mut HeaderMap::new())
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        let mut response = empty_in(spare);
        *response.status_mut() = self;
        response
    }
}

macro_rules! typed_bodies {
    ($($body:ty => $content_type:expr),+ $(,)?) => { $(
        #[diagnostic::do_not_recommend]
        impl IntoResponse for $body {
            fn into_response(self) -> Response {
                typed($content_type, self)
            }

            fn into_response_in(self, spare: &mut HeaderMap) -> Response {
                typed_in(spare, const { HeaderValue::from_static($content_type) }, self.into())
            }
        }
    )+ };
}

typed_bodies! {
    &'static str => TEXT,
    String => TEXT,
    &'static [u8] => BYTES,
    Vec<u8> => BYTES,
    Bytes => BYTES,
    Body => BYTES,
}

#[diagnostic::do_not_recommend]
impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response_in(spare),
            Cow::Owned(text) => text.into_response_in(spare),
        }
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }
}

// The error is asked for by `Answer`: behind an alias it is at fault more often than the value.
impl<T: IntoResponse, E: Answer> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        match self {
            Ok(value) => value.into_response_in(spare),
            Err(error) => error.into_response_in(spare),
        }
    }
}

impl<T: IntoResponse> IntoResponse for Option<T> {
    fn into_response(self) -> Response {
        match self {
            Some(value) => value.into_response(),
            None => Problem::not_found().into_response(),
        }
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        match self {
            Some(value) => value.into_response_in(spare),
            None => Problem::not_found().into_response(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<B> IntoResponse for http::Response<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn into_response(self) -> Response {
        self.map(|body| {
            // Ours passes as it is; any other is boxed.
            let mut ours = Some(body);
            match (&mut ours as &mut dyn std::any::Any).downcast_mut::<Option<Body>>() {
                Some(body) => body.take().unwrap_or_default(),
                None => ours.map(Body::new).unwrap_or_default(),
            }
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> IntoResponse for Box<T> {
    fn into_response(self) -> Response {
        (*self).into_response()
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        (*self).into_response_in(spare)
    }
}
