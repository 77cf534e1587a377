//! `Problem` as an argument: what a catcher catches.

use super::{FromRequest, Request};
use crate::reply::Problem;

/// The refusal that a `#[catch(..)]` handler answers; anywhere else there is none, which is a 500.
#[diagnostic::do_not_recommend]
impl FromRequest for Problem {
    type Rejection = Self;

    async fn from_request(request: &mut Request) -> Result<Self, Self> {
        let problem = request.extensions().get::<Self>().cloned();
        problem.ok_or_else(|| {
            Self::internal(
                "this request was not refused; only a `#[catch(..)]` handler takes a `Problem`",
            )
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Self> {
        Ok(request.extensions().get::<Self>().cloned())
    }
}
