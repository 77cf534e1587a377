//! `Json<T>` going out. Coming in it is an extractor, see `extract`.

use http::{HeaderMap, HeaderValue};
use serde::Serialize;

use super::implementations::typed_in;
use super::{Body, IntoResponse, Problem, Response};

/// A value as `application/json` (RFC 8259): returned it is serialised, as an argument it is read from the body.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use toolkit_zero::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Item { name: String }
///
/// #[post("/items")]
/// async fn create(Json(item): Json<Item>) -> (StatusCode, Json<Item>) {
///     (StatusCode::CREATED, Json(item))
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// 415 if the content type is not JSON; 400 if the text is not JSON; 422, with the JSON pointer of the place, if it is
/// JSON of another shape; 413 past the body limit. A value that cannot be serialised is a logged 500.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// A type that [`Json`] can send: anything that implements [`serde::Serialize`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent: it does not implement `serde::Serialize`",
    label = "cannot be serialized",
    note = "add `#[derive(serde::Serialize)]` to `{Self}`"
)]
pub trait Output {
    #[doc(hidden)]
    fn to_json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Output for T {
    fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl<T: Output> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        serialized(self.0.to_json(), &mut HeaderMap::new())
    }

    fn into_response_in(self, spare: &mut HeaderMap) -> Response {
        serialized(self.0.to_json(), spare)
    }
}

/// The part that does not depend on the type.
#[inline]
pub(crate) fn serialized(
    json: Result<Vec<u8>, serde_json::Error>,
    spare: &mut HeaderMap,
) -> Response {
    match json {
        Ok(bytes) => {
            let json = const { HeaderValue::from_static("application/json") };
            typed_in(spare, json, Body::from(bytes))
        }
        Err(error) => Problem::internal(error).into_response(),
    }
}
