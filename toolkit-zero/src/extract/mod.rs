//! Requests into values.
//!
//! Every argument of a handler is an extractor: a type that implements [`FromRequest`]. Extractors run in the order of the
//! arguments, except the one that takes the body, which runs last wherever it stands.
//!
//! | argument | value | refused with |
//! |---|---|---|
//! | `id: u64` with `{id}` in the path | the capture of that name, any [`FromPath`] type | 400 |
//! | `rest: String` with `{*rest}` | the remainder of the path, any [`FromRest`] type | 400 |
//! | [`Path<T>`] | all captures, as a tuple or a struct | 400 |
//! | [`Query<T>`] | the query string as a struct | 400 |
//! | [`Json<T>`] | the body as JSON | 400, 413, 415, 422 |
//! | [`Form<T>`] | a posted form | 400, 413, 415 |
//! | `Multipart` (feature `multipart`) | a posted form with files, part by part | 400, 413, 415 |
//! | `Valid<E>` (feature `valid`) | what `E` read, checked by the rules of its type | what `E` refuses, 422 |
//! | `Header<H>` (feature `headers`) | a header field as a type | 400 |
//! | `Cookies` (feature `cookie`) | the cookies, plain, signed or private | |
//! | [`Bytes`], `String` | the body in one piece | 400, 413 |
//! | [`Body`] | the body, to be read piece by piece | |
//! | [`State<T>`] | what `server.state(value)` gave | at boot |
//! | [`HeaderMap`], [`Method`], [`Uri`] | parts of the head | |
//! | [`ClientAddr`] | the address at the other end | |
//! | `Files` (feature `files`) | sends files as the request asks for them | |
//! | [`LastEventId`] | where a reconnecting reader of events left off | 400 |
//! | `WebSocketUpgrade` (feature `ws`) | the wish to speak WebSocket, over HTTP/1.1 or HTTP/2 | 400, 403, 426 |
//! | [`RequestId`] | the name of the request, for logs | |
//! | [`MatchedPath`] | the pattern of the route | |
//! | [`Extension<T>`] | what a layer put beside the request | 500 |
//! | [`Shutdown`] | told when the server stops or moves | |
//! | [`Request`] | everything | |
//! | `Option<E>` | `None` if the thing is absent | what `E` refuses |
//! | `Result<E, E::Rejection>` | the refusal as a value | never |

mod body;
mod capture;
#[cfg(feature = "tls")]
mod client_certificate;
#[cfg(feature = "cookie")]
mod cookies;
mod extractor;
#[cfg(feature = "files")]
mod files;
mod form;
mod header;
mod json;
mod last_event_id;
mod meta;
#[cfg(feature = "multipart")]
mod multipart;
mod optional;
mod pairs;
mod parts;
mod path;
mod path_value;
mod problem;
mod query;
mod request_id;
mod rest;
mod scheme;
mod shutdown;
mod state;
#[cfg(feature = "headers")]
mod typed_header;
#[cfg(feature = "valid")]
mod valid;
#[cfg(feature = "ws")]
mod websocket;

#[cfg(feature = "cookie")]
pub use ::cookie;
#[cfg(feature = "headers")]
pub use ::headers;
pub use body::Input;
pub use bytes::Bytes;
pub use capture::{Capture, FromPath};
#[cfg(feature = "tls")]
pub use client_certificate::ClientCertificate;
#[cfg(feature = "cookie")]
pub use cookies::Cookies;
pub use extractor::Extractor;
#[cfg(feature = "files")]
pub use files::Files;
pub use form::Form;
pub use http::{HeaderMap, Method, Uri};
pub use last_event_id::LastEventId;
#[cfg(feature = "multipart")]
pub use multipart::{Multipart, Part};
pub use parts::{ClientAddr, Extension, MatchedPath};
pub use path::Path;
pub use query::Query;
pub use request_id::RequestId;
pub use rest::{FromRest, Rest};
pub use scheme::Scheme;
pub use serde_html_form::de::empty_as_none;
pub use shutdown::Shutdown;
pub use state::{Shared, State};
#[cfg(feature = "headers")]
pub use typed_header::Header;
#[cfg(feature = "valid")]
pub use valid::{Holds, Refused, Valid};
#[cfg(feature = "ws")]
pub use websocket::{
    Message, SocketError, WebSocket, WebSocketReceiver, WebSocketSender, WebSocketUpgrade,
};

pub use crate::message::{Body, Request};
pub use crate::reply::Json;

pub use meta::Meta;
pub(crate) use meta::StateNeed;

use crate::reply::IntoResponse;

/// A value that is read from a request: the type of a handler's argument.
///
/// # Writing one
///
/// ```
/// use toolkit_zero::extract::{FromRequest, Request};
/// use toolkit_zero::reply::Problem;
///
/// struct ApiKey(String);
///
/// impl FromRequest for ApiKey {
///     type Rejection = Problem;
///
///     async fn from_request(request: &mut Request) -> Result<Self, Problem> {
///         let key = request.headers().get("x-api-key").and_then(|key| key.to_str().ok());
///         key.map(|key| ApiKey(key.to_owned())).ok_or_else(|| Problem::unauthorized().detail("send `x-api-key`"))
///     }
/// }
///
/// #[toolkit_zero::get("/secret")]
/// async fn secret(ApiKey(key): ApiKey) -> String {
///     format!("your key has {} bytes", key.len())
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken from a request",
    label = "not an extractor",
    note = "extractors are `Path<T>`, `Query<T>`, `Json<T>`, `Form<T>`, `State<T>`, `Bytes`, `String`, `Body`, `HeaderMap`, `Request`, and `Option` or `Result` of these",
    note = "a path parameter is written `{{name}}` in the path and taken by the argument of that name",
    note = "a type of your own becomes an extractor with `impl toolkit_zero::extract::FromRequest for {Self}`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#arguments"
)]
pub trait FromRequest: Sized + Send {
    /// The answer when the value cannot be read.
    type Rejection: IntoResponse + Send;

    /// Whether this takes the body. Of a handler's arguments one may; it runs last.
    const TAKES_BODY: bool = false;

    /// Says what this needs (a state, a parameter, a body), for the checks before the server starts.
    fn describe(meta: &mut Meta) {
        let _ = meta;
    }

    /// Reads the value.
    fn from_request(
        request: &mut Request,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;

    /// Reads the value where it is there; `None` only if it is absent. `Option<E>` calls this.
    fn optional(
        request: &mut Request,
    ) -> impl Future<Output = Result<Option<Self>, Self::Rejection>> + Send {
        async { Self::from_request(request).await.map(Some) }
    }
}
