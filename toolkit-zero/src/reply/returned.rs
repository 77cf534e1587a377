//! What rustc says of a returned type that is no response.

use http::HeaderMap;

use super::{Head, IntoHeaders, IntoResponse, IntoStatus, Response};

/// [`IntoResponse`], asked for in a way that decides what rustc says of a type that is none; compare
/// [`Extractor`](crate::extract::Extractor).
///
/// rustc lists implementors, unless none of them may be recommended, so where the type itself may be at fault nothing below
/// is. Where it holds a `Json`, what is wrong is the type `WITHIN`, and that one's trait has its own sentence.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be sent as an answer",
    note = "return `Json<T>` of a `T: serde::Serialize`, `String`, `Html<T>`, `StatusCode`, `Problem`, `()`, a tuple `(status, body)`, or a `Result` or `Option` of these",
    note = "a type of your own becomes a response with `impl toolkit_zero::reply::IntoResponse for {Self}`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#answers"
)]
pub trait Answer<const WITHIN: bool = false>: IntoResponse {}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Answer for T {}

impl<T: IntoResponse> Answer<true> for T {}

/// What is returned, in the shape `S` in which it is written: of a `Result`, an `Option` and a tuple the parts are asked for
/// apart, so that a wrong one is named by itself.
///
/// rustc lists what implements the trait that was asked for first. The only implementation is that of a type parameter:
/// those it does not list.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be sent as an answer",
    note = "return `Json<T>` of a `T: serde::Serialize`, `String`, `Html<T>`, `StatusCode`, `Problem`, `()`, a tuple `(status, body)`, or a `Result` or `Option` of these",
    note = "a type of your own becomes a response with `impl toolkit_zero::reply::IntoResponse for {Self}`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#answers"
)]
pub trait Reply<S> {
    #[doc(hidden)]
    fn reply(self) -> Response;

    #[doc(hidden)]
    fn reply_in(self, spare: &mut HeaderMap) -> Response;
}

impl<T, S: Shape<T>> Reply<S> for T {
    #[inline]
    fn reply(self) -> Response {
        S::reply(self)
    }

    #[inline]
    fn reply_in(self, spare: &mut HeaderMap) -> Response {
        S::reply_in(self, spare)
    }
}

/// One value. `WITHIN` says where the fault would be, as in [`Answer`].
#[derive(Debug)]
pub struct One<const WITHIN: bool>;

/// Two parts, each of which may be at fault: those of a `Result`, or a head and a body.
#[derive(Debug)]
pub struct Parts<const FIRST: bool, const LAST: bool>;

/// That `T` has this shape, and that its parts are responses.
#[doc(hidden)]
pub trait Shape<T> {
    #[doc(hidden)]
    fn reply(value: T) -> Response;

    #[doc(hidden)]
    fn reply_in(value: T, spare: &mut HeaderMap) -> Response;
}

macro_rules! shapes {
    ($(($($bounds:tt)+) $shape:ty, $answer:ty;)+) => { $(
        impl<$($bounds)+> Shape<$answer> for $shape {
            #[inline]
            fn reply(value: $answer) -> Response {
                value.into_response()
            }

            #[inline]
            fn reply_in(value: $answer, spare: &mut HeaderMap) -> Response {
                value.into_response_in(spare)
            }
        }
    )+ };
}

shapes! {
    (T: Answer<W>, const W: bool) One<W>, T;
    (T: Answer<A>, E: Answer<B>, const A: bool, const B: bool) Parts<A, B>, Result<T, E>;
    (T: Answer<A>, const A: bool) Parts<A, false>, Option<T>;
    (H: Head, B: Answer<W>, const W: bool) Parts<false, W>, (H, B);
    (S: IntoStatus, H: IntoHeaders, B: Answer<W>, const W: bool) Parts<false, W>, (S, H, B);
}
