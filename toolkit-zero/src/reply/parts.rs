//! Tuples: a status and headers set on a body.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{IntoResponse, IntoStatus, Problem, Response};

/// Header fields in a reply: a `HeaderMap`, or an array of `(name, value)` pairs.
///
/// A name or value that HTTP cannot carry (RFC 9110 section 5) makes the reply a logged 500.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a status nor header fields",
    label = "only the last element of a tuple may be a body",
    note = "write `(StatusCode, body)`, `([(\"name\", \"value\")], body)` or `(StatusCode, headers, body)`"
)]
pub trait IntoHeaders {
    #[doc(hidden)]
    fn set(self, headers: &mut HeaderMap) -> Result<(), http::Error>;
}

#[diagnostic::do_not_recommend]
impl IntoHeaders for HeaderMap {
    fn set(self, headers: &mut HeaderMap) -> Result<(), http::Error> {
        let mut name = None;
        for (next, value) in self {
            match (next, &name) {
                (Some(first), _) => {
                    headers.insert(first.clone(), value);
                    name = Some(first);
                }
                (None, Some(same)) => {
                    headers.append(same.clone(), value);
                }
                (None, None) => {}
            }
        }
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<N, V, const COUNT: usize> IntoHeaders for [(N, V); COUNT]
where
    N: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
{
    fn set(self, headers: &mut HeaderMap) -> Result<(), http::Error> {
        for (name, value) in self {
            headers.insert(
                name.try_into().map_err(Into::into)?,
                value.try_into().map_err(Into::into)?,
            );
        }
        Ok(())
    }
}

fn with_headers(mut response: Response, headers: impl IntoHeaders) -> Response {
    match headers.set(response.headers_mut()) {
        Ok(()) => response,
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// What may stand before a body: a status, or header fields.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a status nor header fields",
    label = "only the last element of a tuple may be a body",
    note = "write `(StatusCode, body)`, `([(\"name\", \"value\")], body)` or `(StatusCode, headers, body)`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#answers"
)]
pub trait Head {
    #[doc(hidden)]
    fn set_on(self, response: Response) -> Response;
}

#[diagnostic::do_not_recommend]
impl<S: IntoStatus> Head for S {
    fn set_on(self, response: Response) -> Response {
        super::with_status(response, self)
    }
}

#[diagnostic::do_not_recommend]
impl Head for HeaderMap {
    fn set_on(self, response: Response) -> Response {
        with_headers(response, self)
    }
}

#[diagnostic::do_not_recommend]
impl<N, V, const COUNT: usize> Head for [(N, V); COUNT]
where
    [(N, V); COUNT]: IntoHeaders,
{
    fn set_on(self, response: Response) -> Response {
        with_headers(response, self)
    }
}

impl<H: Head, B: IntoResponse> IntoResponse for (H, B) {
    fn into_response(self) -> Response {
        self.0.set_on(self.1.into_response())
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        self.0.set_on(self.1.into_response_in(spare))
    }
}

impl<S: IntoStatus, H: IntoHeaders, B: IntoResponse> IntoResponse for (S, H, B) {
    fn into_response(self) -> Response {
        with_headers(super::with_status(self.2.into_response(), self.0), self.1)
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        with_headers(
            super::with_status(self.2.into_response_in(spare), self.0),
            self.1,
        )
    }
}

/// Header fields and no body: 200, or the status that is set on them, as in `(StatusCode::CREATED, [("location", "/7")])`.
#[diagnostic::do_not_recommend]
impl<N, V, const COUNT: usize> IntoResponse for [(N, V); COUNT]
where
    [(N, V); COUNT]: IntoHeaders,
{
    fn into_response(self) -> Response {
        with_headers(().into_response(), self)
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        with_headers(().into_response_in(spare), self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for HeaderMap {
    fn into_response(self) -> Response {
        with_headers(().into_response(), self)
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        with_headers(().into_response_in(spare), self)
    }
}
