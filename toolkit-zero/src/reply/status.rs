//! Statuses by name and by number.

use http::StatusCode;

use super::{Body, IntoResponse, Problem, Response};

macro_rules! statuses {
    ($($name:ident = $code:literal $constant:ident $text:literal),+ $(,)?) => {
        /// A status by its name, as the original crate wrote it: `reply!(json => v, status => Status::Created)`.
        ///
        /// [`StatusCode`] has every status; this has the names one types often (RFC 9110 section 15).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Status {
            $(#[doc = $text] $name = $code,)+
        }

        impl From<Status> for StatusCode {
            fn from(status: Status) -> Self {
                match status {
                    $(Status::$name => Self::$constant,)+
                }
            }
        }
    };
}

statuses! {
    Ok = 200 OK "200 OK",
    Created = 201 CREATED "201 Created",
    Accepted = 202 ACCEPTED "202 Accepted",
    NoContent = 204 NO_CONTENT "204 No Content",
    MovedPermanently = 301 MOVED_PERMANENTLY "301 Moved Permanently",
    Found = 302 FOUND "302 Found",
    SeeOther = 303 SEE_OTHER "303 See Other",
    NotModified = 304 NOT_MODIFIED "304 Not Modified",
    TemporaryRedirect = 307 TEMPORARY_REDIRECT "307 Temporary Redirect",
    PermanentRedirect = 308 PERMANENT_REDIRECT "308 Permanent Redirect",
    BadRequest = 400 BAD_REQUEST "400 Bad Request",
    Unauthorized = 401 UNAUTHORIZED "401 Unauthorized",
    Forbidden = 403 FORBIDDEN "403 Forbidden",
    NotFound = 404 NOT_FOUND "404 Not Found",
    MethodNotAllowed = 405 METHOD_NOT_ALLOWED "405 Method Not Allowed",
    NotAcceptable = 406 NOT_ACCEPTABLE "406 Not Acceptable",
    RequestTimeout = 408 REQUEST_TIMEOUT "408 Request Timeout",
    Conflict = 409 CONFLICT "409 Conflict",
    Gone = 410 GONE "410 Gone",
    PreconditionFailed = 412 PRECONDITION_FAILED "412 Precondition Failed",
    ContentTooLarge = 413 PAYLOAD_TOO_LARGE "413 Content Too Large",
    UnsupportedMediaType = 415 UNSUPPORTED_MEDIA_TYPE "415 Unsupported Media Type",
    ImATeapot = 418 IM_A_TEAPOT "418 I'm a teapot",
    UnprocessableContent = 422 UNPROCESSABLE_ENTITY "422 Unprocessable Content",
    TooManyRequests = 429 TOO_MANY_REQUESTS "429 Too Many Requests",
    InternalServerError = 500 INTERNAL_SERVER_ERROR "500 Internal Server Error",
    NotImplemented = 501 NOT_IMPLEMENTED "501 Not Implemented",
    BadGateway = 502 BAD_GATEWAY "502 Bad Gateway",
    ServiceUnavailable = 503 SERVICE_UNAVAILABLE "503 Service Unavailable",
    GatewayTimeout = 504 GATEWAY_TIMEOUT "504 Gateway Timeout",
}

#[diagnostic::do_not_recommend]
impl IntoResponse for Status {
    fn into_response(self) -> Response {
        StatusCode::from(self).into_response()
    }
}

/// A status as a value: [`Status::Created`], `StatusCode::CREATED` or `201`.
///
/// A number outside `100..=599` makes the reply a logged 500.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a status",
    label = "not a status",
    note = "write `StatusCode::CREATED`, `Status::Created` or `201`"
)]
pub trait IntoStatus {
    #[doc(hidden)]
    fn into_status(self) -> Result<StatusCode, String>;
}

#[diagnostic::do_not_recommend]
impl IntoStatus for StatusCode {
    fn into_status(self) -> Result<StatusCode, String> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoStatus for Status {
    fn into_status(self) -> Result<StatusCode, String> {
        Ok(self.into())
    }
}

macro_rules! numbers {
    ($($number:ty),+) => { $(
        #[diagnostic::do_not_recommend]
        impl IntoStatus for $number {
            fn into_status(self) -> Result<StatusCode, String> {
                let code = u16::try_from(self).ok().filter(|code| (100..=599).contains(code));
                code.and_then(|code| StatusCode::from_u16(code).ok())
                    .ok_or_else(|| format!("{self} is not an HTTP status; it must be in 100..=599"))
            }
        }
    )+ };
}

numbers!(u16, i32, u32, i64, u64, usize);

/// The response with another status.
pub(crate) fn with_status(mut response: Response, status: impl IntoStatus) -> Response {
    match status.into_status() {
        Ok(status) => {
            super::problem::restate(&mut response, status);
            *response.status_mut() = status;
            if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
                *response.body_mut() = Body::empty();
                response.headers_mut().remove(http::header::CONTENT_TYPE);
            }
            response
        }
        Err(sentence) => Problem::internal(sentence).into_response(),
    }
}
