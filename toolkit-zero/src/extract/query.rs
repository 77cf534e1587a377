//! `Query<T>`: the query string as a struct.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::{FromRequest, Input, Request};
use crate::reply::{InputError, Problem};

/// The query string (`?page=2&tag=a&tag=b`) as a struct; repeated keys fill a `Vec`.
///
/// ```
/// use serde::Deserialize;
/// use toolkit_zero::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Page { number: Option<u32>, #[serde(default)] tag: Vec<String> }
///
/// #[get("/items")]
/// async fn items(Query(page): Query<Page>) -> String {
///     format!("page {} with {} tags", page.number.unwrap_or(1), page.tag.len())
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// 400 with the name of the parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: Input> FromRequest for Query<T> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let query = request.uri().query().unwrap_or_default();
        T::from_pairs(query.as_bytes())
            .map(Self)
            .map_err(|(parameter, detail)| {
                let what = if parameter.is_empty() {
                    "the query string is not valid".to_owned()
                } else {
                    format!("the query parameter `{parameter}` is not valid")
                };
                Problem::bad_request()
                    .detail(what)
                    .error(InputError::at_parameter(parameter, detail))
            })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        if request.uri().query().is_some() {
            Self::from_request(request).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

/// Reads `application/x-www-form-urlencoded` pairs; a refusal names the key.
pub(super) fn read<T: DeserializeOwned>(encoded: &[u8]) -> Result<T, (String, String)> {
    serde_html_form::from_bytes(encoded).map_err(|error| {
        let located = serde_path_to_error::deserialize::<_, T>(
            serde_html_form::Deserializer::from_bytes(encoded),
        )
        .err();
        let key = located.as_ref().and_then(|error| {
            error.path().iter().find_map(|segment| match segment {
                Segment::Map { key } => Some(key.clone()),
                Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
            })
        });
        let detail = error.to_string();
        // serde names a missing field only in its sentence.
        let missing = || {
            detail
                .strip_prefix("missing field `")?
                .split('`')
                .next()
                .map(str::to_owned)
        };
        (key.or_else(missing).unwrap_or_default(), detail.clone())
    })
}
