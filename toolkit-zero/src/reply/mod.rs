//! Values into responses.
//!
//! What a handler returns implements [`IntoResponse`]. Of the types here, [`Json`] is also an extractor.
//!
//! | value | answer |
//! |---|---|
//! | `()` | 200, empty |
//! | [`NoContent`] | 204 |
//! | `&'static str`, `String` | 200, `text/plain; charset=utf-8` |
//! | [`Html`] | 200, `text/html; charset=utf-8` |
//! | `Bytes`, `Vec<u8>`, [`Body`] | 200, `application/octet-stream` |
//! | [`Json`] | 200, `application/json` |
//! | [`StatusCode`], [`Status`] | that status, empty |
//! | [`Redirect`] | 303, 307 or 308 with `Location` |
//! | [`Problem`] | its status, `application/problem+json` (RFC 9457) |
//! | `Result<T, E>` | what it holds |
//! | `Option<T>` | what it holds, or 404 |
//! | `(status, headers, body)`, `(status, body)`, `(headers, body)` | the body with these |
//! | [`Sse`] | a stream of server-sent events |
//! | [`JsonLines`] | a stream of values, one a line |
//! | [`Attachment`] | a body that a browser saves as a file |
//! | `http::Response<B>` | itself |

mod attachment;
mod body_error;
mod implementations;
mod json;
mod json_lines;
mod macros;
mod parts;
mod problem;
mod redirect;
mod returned;
mod sse;
mod status;

pub use attachment::Attachment;
pub use http::StatusCode;
pub use implementations::{Html, NoContent};
pub use json::{Json, Output};
pub use json_lines::{Fallible, JsonLines};
pub use parts::{Head, IntoHeaders};
pub use problem::{InputError, Problem};
pub use redirect::Redirect;
pub use returned::{Answer, One, Parts, Reply, Shape};
pub use sse::{Event, IntoEvent, Sse};
pub use status::{IntoStatus, Status};

use http::HeaderMap;

pub use crate::message::{Body, BodyError, BoxError, Response};

pub(crate) use json::serialized;
pub(crate) use problem::name_instance;

pub use macros::{reply_empty, reply_html, reply_json, reply_message, reply_text, with_status};

/// A value that a handler may return.
///
/// # Writing one
/// Reuse what is there, and change what differs:
///
/// ```
/// use toolkit_zero::reply::{IntoResponse, Response};
///
/// struct Csv(String);
///
/// impl IntoResponse for Csv {
///     fn into_response(self) -> Response {
///         ([("content-type", "text/csv")], self.0).into_response()
///     }
/// }
/// # assert_eq!(Csv("a,b".into()).into_response().headers()["content-type"], "text/csv");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be sent as an answer",
    note = "return `Json<T>` of a `T: serde::Serialize`, `String`, `Html<T>`, `StatusCode`, `Problem`, `()`, a tuple `(status, body)`, or a `Result` or `Option` of these",
    note = "a type of your own becomes a response with `impl toolkit_zero::reply::IntoResponse for {Self}`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#answers"
)]
pub trait IntoResponse {
    /// The response that carries this value.
    fn into_response(self) -> Response;

    /// The same. The header fields may lie in `spare`, an empty map that need not be allocated.
    #[doc(hidden)]
    fn into_response_in(self, _spare: &mut HeaderMap) -> Response
    where
        Self: Sized,
    {
        self.into_response()
    }
}
