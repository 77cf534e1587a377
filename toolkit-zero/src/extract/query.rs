//! `Query<T>`: the query string as a struct.

use super::{FromRequest, Input, Request};
use crate::reply::{InputError, Problem};

/// The query string (`?page=2&tag=a&tag=b`) as a struct; repeated keys fill a `Vec`. What [`Form`](super::Form) says of blank
/// fields and of flattened structs holds here too.
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
/// 400 with the name of the parameter, also for one that is not UTF-8.
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
