//! What rustc says of a returned type that is no response.

use super::IntoResponse;

/// [`IntoResponse`], asked for in a way that decides what rustc says of a type that is none; compare
/// [`Extractor`](crate::extract::Extractor).
///
/// rustc lists implementors, unless none of them may be recommended, so nothing below is. Where what is returned is a `Result`,
/// an `Option` or a `Json`, what is wrong is the type `WITHIN`, and that one is asked for like this too.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be sent as an answer",
    note = "return `Json<T>`, `String`, `Html<T>`, `StatusCode`, `Problem`, `()`, a tuple `(status, body)`, or a `Result` or `Option` of these",
    note = "a type of your own becomes a response with `impl toolkit_zero::reply::IntoResponse for {Self}`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#answers"
)]
pub trait Reply<const WITHIN: bool = false>: IntoResponse {}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Reply for T {}

impl<T: IntoResponse> Reply<true> for T {}
