//! One capture into one value: what an argument named like a capture is read by.

use std::any::TypeId;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use super::{FromRequest, Request};
use crate::reply::{InputError, Problem};

/// A type that one capture can be read into: any `FromStr` type whose error can be shown.
///
/// Numbers, `bool`, `char`, `String`, `IpAddr`, `uuid::Uuid` and the like have it already. A `PathBuf` is refused if it
/// holds `..`, `.`, a separator, a NUL or a drive prefix.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a path parameter",
    label = "not a path parameter type",
    note = "path parameters can be integers, floats, `bool`, `char`, `String`, or any type with `FromStr` whose error is `Display`",
    note = "a path parameter is always there: instead of `Option<T>` declare two routes"
)]
pub trait FromPath: Sized + Send {
    /// Reads the decoded text of the capture; the error is a sentence for the client.
    #[doc(hidden)]
    fn from_capture(text: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<T> FromPath for T
where
    T: FromStr<Err: Display> + Send + 'static,
{
    fn from_capture(text: &str) -> Result<Self, String> {
        if TypeId::of::<T>() == TypeId::of::<PathBuf>() {
            super::rest::check_segment(text)?;
        }
        text.parse().map_err(|error: T::Err| error.to_string())
    }
}

/// The capture at place `INDEX` of the whole pattern. The attributes write this for an argument named like a capture.
#[doc(hidden)]
#[derive(Debug)]
pub struct Capture<const INDEX: usize, T>(pub T);

impl<const INDEX: usize, T: FromPath> FromRequest for Capture<INDEX, T> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let Some(text) = request.capture(INDEX) else {
            return Err(absent(INDEX));
        };
        match T::from_capture(&text) {
            Ok(value) => Ok(Self(value)),
            Err(detail) => Err(refused(request, INDEX, &detail)),
        }
    }
}

#[cold]
pub(super) fn refused(request: &Request, index: usize, detail: &str) -> Problem {
    let name = request
        .route()
        .and_then(|route| route.names.get(index))
        .map_or("", String::as_str);
    Problem::bad_request()
        .detail(format!("the path parameter `{name}` is not valid"))
        .error(InputError::at_parameter(name, detail))
}

#[cold]
pub(super) fn absent(index: usize) -> Problem {
    Problem::internal(format!(
        "the route has no capture number {index}; was the request rebuilt by a layer?"
    ))
}
