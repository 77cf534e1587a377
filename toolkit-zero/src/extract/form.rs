//! `Form<T>`: a posted form.

use http::header::CONTENT_TYPE;

use super::body::{collected, has_body};
use super::{FromRequest, Input, Request};
use crate::reply::{InputError, Problem};

/// A form posted as `application/x-www-form-urlencoded` (WHATWG URL section 5); repeated keys fill a `Vec`.
///
/// A browser sends a field that was left blank as empty text, which is no number:
/// [`empty_as_none`](super::empty_as_none()) makes it `None`. Flattened structs and enums with a tag
/// (`#[serde(flatten)]`, `#[serde(tag = "kind")]`) may have numbers, flags and lists as other structs have.
///
/// ```
/// use serde::Deserialize;
/// use toolkit_zero::extract::empty_as_none;
/// use toolkit_zero::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Order {
///     name: String,
///     #[serde(default, deserialize_with = "empty_as_none")]
///     table: Option<u8>,
///     #[serde(default)]
///     dish: Vec<String>,
/// }
///
/// #[post("/orders")]
/// async fn order(Form(order): Form<Order>) -> String {
///     format!("{} dishes for {} at {:?}", order.dish.len(), order.name, order.table)
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// 415 for another content type, 400 with the name of the field (also for one that is not UTF-8), 413 past the body limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: Input> FromRequest for Form<T> {
    type Rejection = Problem;
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let content_type = request
            .headers()
            .get(CONTENT_TYPE)
            .map_or(&b""[..], |value| value.as_bytes());
        let essence = content_type
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        if !essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
            return Err(Problem::unsupported_media_type()
                .header("accept", "application/x-www-form-urlencoded")
                .detail("send `content-type: application/x-www-form-urlencoded`"));
        }
        let bytes = collected(request).await?;
        T::from_pairs(&bytes).map(Self).map_err(|(field, detail)| {
            let what = if field.is_empty() {
                "the form is not valid".to_owned()
            } else {
                format!("the form field `{field}` is not valid")
            };
            Problem::bad_request()
                .detail(what)
                .error(InputError::at_parameter(field, detail))
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        if has_body(request) || request.headers().contains_key(CONTENT_TYPE) {
            Self::from_request(request).await.map(Some)
        } else {
            Ok(None)
        }
    }
}
