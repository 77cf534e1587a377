//! `Valid<E>`: what another extractor read, checked by the rules of its type.

use garde::Validate;
use garde::error::Path as Place;

use super::{Form, FromRequest, Json, Meta, Path, Query, Request};
use crate::reply::{InputError, IntoResponse, Problem, Response};

/// What `E` read, checked with [`garde`]: `Valid<Json<T>>`, `Valid<Form<T>>`, `Valid<Query<T>>` or `Valid<Path<T>>`.
///
/// Rules that need a context get its default.
///
/// ```
/// use garde::Validate;
/// use serde::Deserialize;
/// use toolkit_zero::prelude::*;
///
/// #[derive(Deserialize, Validate)]
/// struct User {
///     #[garde(length(min = 1, max = 64))]
///     name: String,
///     #[garde(range(min = 18))]
///     age: u8,
/// }
///
/// #[post("/users")]
/// async fn create(Valid(Json(user)): Valid<Json<User>>) -> String {
///     user.name
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// Those of `E`; then 422 with one entry a violation, at the JSON pointer of the place, or the parameter. Places are named
/// as the Rust fields are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Valid<E>(pub E);

/// An extractor that holds one value, which [`Valid`] can check.
pub trait Holds: FromRequest {
    /// The type of the value.
    type Value;
    /// Whether places in it are named by JSON pointers, and not as parameters.
    const POINTERS: bool = false;
    /// The value.
    fn value(&self) -> &Self::Value;
}

macro_rules! holds {
    ($($extractor:ident $pointers:literal),+ $(,)?) => { $(
        impl<T> Holds for $extractor<T>
        where
            Self: FromRequest,
        {
            type Value = T;
            const POINTERS: bool = $pointers;

            fn value(&self) -> &T {
                &self.0
            }
        }
    )+ };
}

holds! { Json true, Form false, Query false, Path false }

#[diagnostic::do_not_recommend]
impl<E> FromRequest for Valid<E>
where
    E: Holds<Value: Validate<Context: Default>>,
{
    type Rejection = Refused<E::Rejection>;
    const TAKES_BODY: bool = E::TAKES_BODY;

    fn describe(meta: &mut Meta) {
        E::describe(meta);
    }

    async fn from_request(request: &mut Request) -> Result<Self, Self::Rejection> {
        checked(E::from_request(request).await.map_err(Refused::Unread)?)
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Self::Rejection> {
        let read = E::optional(request).await.map_err(Refused::Unread)?;
        read.map(checked).transpose()
    }
}

fn checked<E>(read: E) -> Result<Valid<E>, Refused<E::Rejection>>
where
    E: Holds<Value: Validate<Context: Default>>,
{
    match read.value().validate() {
        Ok(()) => Ok(Valid(read)),
        Err(report) => Err(Refused::Invalid(problem(&report, E::POINTERS))),
    }
}

#[cold]
fn problem(report: &garde::Report, pointers: bool) -> Problem {
    let problem = Problem::unprocessable().detail("the input breaks rules");
    report.iter().fold(problem, |problem, (place, error)| {
        let detail = error.message();
        problem.error(if pointers {
            InputError::at_pointer(pointer(place), detail)
        } else {
            InputError::at_parameter(place.to_string(), detail)
        })
    })
}

/// The place as a JSON pointer (RFC 6901).
fn pointer(place: &Place) -> String {
    // The components, as `garde` tells them to serde: pairs of a kind and a text.
    let components: Vec<(String, String)> = serde_json::to_value(place)
        .and_then(serde_json::from_value)
        .unwrap_or_default();
    let named = components.into_iter().filter(|(kind, _)| kind != "none");
    named.fold(String::new(), |pointer, (_, key)| {
        pointer + "/" + &key.replace('~', "~0").replace('/', "~1")
    })
}

/// Why [`Valid`] refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refused<R> {
    /// The value could not be read.
    Unread(R),
    /// It was read, and breaks rules of its type.
    Invalid(Problem),
}

#[diagnostic::do_not_recommend]
impl<R: IntoResponse> IntoResponse for Refused<R> {
    fn into_response(self) -> Response {
        match self {
            Self::Unread(refused) => refused.into_response(),
            Self::Invalid(problem) => problem.into_response(),
        }
    }
}
