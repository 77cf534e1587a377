//! `reply!`: a `Result<Response, Problem>`, both concrete, so that branches agree and `?` works.

use http::HeaderMap;

use super::implementations::{TEXT, typed};
use super::{Answer, Html, IntoResponse, IntoStatus, Output, Problem, Response};
use crate::message::Body;

/// Builds the answer of a handler: a `Result<Response, Problem>`.
///
/// Both types are concrete, so the branches of a handler agree whatever they send, and `?` works on every error that
/// converts into a [`Problem`](crate::reply::Problem).
///
/// | form | answer |
/// |---|---|
/// | `reply!()` | 200, empty |
/// | `reply!(json => value)` | the value as JSON |
/// | `reply!(text => text)`, `reply!(html => text)` | text, a page |
/// | `reply!(message => reply)` | any [`IntoResponse`](crate::reply::IntoResponse) |
/// | `.., status => status` | the same with another status: `Status::Created`, `StatusCode::CREATED` or `201` |
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// let route = ServerMechanism::get("/ping").onconnect(|| async { reply!(text => "pong", status => 201) });
/// # let _: toolkit_zero::routing::SocketType = route;
/// ```
#[macro_export]
macro_rules! reply {
    () => { $crate::__private::reply_empty() };
    (json => $value:expr $(, status => $status:expr)? $(,)?) => {
        $crate::reply!(@status $crate::__private::reply_json(&$value) $(, $status)?)
    };
    (text => $value:expr $(, status => $status:expr)? $(,)?) => {
        $crate::reply!(@status $crate::__private::reply_text($value) $(, $status)?)
    };
    (html => $value:expr $(, status => $status:expr)? $(,)?) => {
        $crate::reply!(@status $crate::__private::reply_html($value) $(, $status)?)
    };
    (message => $value:expr $(, status => $status:expr)? $(,)?) => {
        $crate::reply!(@status $crate::__private::reply_message($value) $(, $status)?)
    };
    (status => $status:expr $(,)?) => {
        $crate::reply!(@status $crate::__private::reply_empty(), $status)
    };
    (@status $reply:expr) => { $reply };
    (@status $reply:expr, $status:expr) => {
        $reply.map(|response| $crate::__private::with_status(response, $status))
    };
}

#[doc(hidden)]
pub fn reply_empty() -> Result<Response, Problem> {
    Ok(().into_response())
}

#[doc(hidden)]
pub fn reply_json<T: Output + ?Sized>(value: &T) -> Result<Response, Problem> {
    Ok(super::serialized(value.to_json(), &mut HeaderMap::new()))
}

#[doc(hidden)]
pub fn reply_text(text: impl Into<Body>) -> Result<Response, Problem> {
    Ok(typed(TEXT, text))
}

#[doc(hidden)]
pub fn reply_html(html: impl Into<Body>) -> Result<Response, Problem> {
    Ok(Html(html).into_response())
}

#[doc(hidden)]
pub fn reply_message(message: impl Answer) -> Result<Response, Problem> {
    Ok(message.into_response())
}

#[doc(hidden)]
pub fn with_status(response: Response, status: impl IntoStatus) -> Response {
    super::status::with_status(response, status)
}
