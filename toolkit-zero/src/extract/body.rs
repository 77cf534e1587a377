//! The body in one piece: `Bytes` and `String`; as it comes: `Body`.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::path::{Captures, Refused};
use super::{Body, FromRequest, Meta, Request};
use crate::message::CollectError;
use crate::reply::Problem;

/// A type that [`Json`](super::Json), [`Query`](super::Query), [`Form`](super::Form) and [`Path`](super::Path) can read:
/// anything that implements [`serde::Deserialize`] and owns what it holds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a request: it does not implement `serde::Deserialize`",
    label = "cannot be deserialized",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`"
)]
pub trait Input: Sized + Send {
    #[doc(hidden)]
    fn from_json(bytes: &[u8]) -> Result<Self, Problem>;
    #[doc(hidden)]
    fn from_pairs(encoded: &[u8]) -> Result<Self, (String, String)>;
    #[doc(hidden)]
    fn from_path(captures: Captures<'_>) -> Result<Self, Refused>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send> Input for T {
    fn from_json(bytes: &[u8]) -> Result<Self, Problem> {
        // The way that notes where it is costs more, so it is gone again only for a refusal.
        serde_json::from_slice(bytes).map_err(|error| super::json::refused::<T>(bytes, &error))
    }

    fn from_pairs(encoded: &[u8]) -> Result<Self, (String, String)> {
        super::pairs::read(encoded)
    }

    fn from_path(captures: Captures<'_>) -> Result<Self, Refused> {
        captures.read()
    }
}

/// Takes the whole body, up to the limit of the route.
pub(super) async fn collected(request: &mut Request) -> Result<Bytes, Problem> {
    let limit = request.body_limit();
    let body = request.take_body();
    let (held, server) = request.holding();
    body.collect(limit, held, server)
        .await
        .map_err(|error| uncollected(error, limit))
}

#[cold]
fn uncollected(error: CollectError, limit: u64) -> Problem {
    match error {
        CollectError::TooLarge => Problem::content_too_large().detail(format!(
            "the body is larger than the {limit} bytes this route takes"
        )),
        CollectError::NoRoom => Problem::service_unavailable()
            .detail("the server holds as many request bodies as it can; try again")
            .retry_after(1),
        CollectError::Read(error) => error.into(),
    }
}

/// Whether the request says that it has a body.
pub(super) fn has_body(request: &Request) -> bool {
    !http_body::Body::is_end_stream(request.body())
}

#[diagnostic::do_not_recommend]
impl FromRequest for Bytes {
    type Rejection = Problem;
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        collected(request).await
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        if has_body(request) {
            collected(request).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for String {
    type Rejection = Problem;
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let bytes = collected(request).await?;
        Self::from_utf8(bytes.into()).map_err(|error| {
            let place = error.utf8_error().valid_up_to();
            Problem::bad_request().detail(format!(
                "the body is not UTF-8: byte {place} begins no character"
            ))
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        if has_body(request) {
            Self::from_request(request).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for Body {
    type Rejection = std::convert::Infallible;
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self, Self::Rejection> {
        Ok(request.take_body())
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for Request {
    type Rejection = std::convert::Infallible;
    const TAKES_BODY: bool = true;

    fn describe(_: &mut Meta) {}

    async fn from_request(request: &mut Request) -> Result<Self, Self::Rejection> {
        Ok(request.take())
    }
}
