//! `LastEventId`: where a client that reconnects to an event stream left off.

use super::{FromRequest, Request};
use crate::reply::{InputError, Problem};

/// The id of the last server-sent event that a reconnecting client has seen (WHATWG HTML section 9.2).
///
/// Take it as an `Option`: a client that connects for the first time has none.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/position")]
/// async fn position(last: Option<LastEventId>) -> String {
///     let next = last.and_then(|last| last.0.parse::<u64>().ok()).map_or(0, |last| last + 1);
///     format!("the next event is {next}")
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastEventId(pub String);

const FIELD: &str = "last-event-id";

#[diagnostic::do_not_recommend]
impl FromRequest for LastEventId {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        Self::optional(request)
            .await?
            .ok_or_else(|| refused("it is missing"))
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        let field = request.headers().get(FIELD);
        let text = field.map(|field| std::str::from_utf8(field.as_bytes()));
        match text.transpose() {
            Ok(text) => Ok(text.map(|text| Self(text.to_owned()))),
            Err(_) => Err(refused("it is not UTF-8")),
        }
    }
}

#[cold]
fn refused(detail: &str) -> Problem {
    Problem::bad_request()
        .detail(format!("the header field `{FIELD}` is not valid"))
        .error(InputError::at_parameter(FIELD, detail))
}
