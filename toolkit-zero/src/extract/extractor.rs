//! What rustc says of an argument that is no extractor.

use super::FromRequest;

/// [`FromRequest`], asked for in a way that decides what rustc says of a type that is none.
///
/// rustc lists the implementors of the trait that is missing in the end, unless none of them may be recommended. So where
/// the type itself may be at fault, nothing below is recommended, and this sentence is all. Where it is one of the
/// wrappers, as `Json<User>`, what is wrong is the type `WITHIN`, and that one's trait has its own sentence.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken from a request",
    label = "not an extractor",
    note = "extractors are `Path<T>`, `Query<T>`, `Json<T>`, `Form<T>`, `State<T>`, `Bytes`, `String`, `Body`, `HeaderMap`, `Request`, and `Option` or `Result` of these",
    note = "a path parameter is written `{{name}}` in the path and taken by the argument of that name",
    note = "a type of your own becomes an extractor with `impl toolkit_zero::extract::FromRequest for {Self}`",
    note = "more: https://docs.rs/toolkit-zero/latest/toolkit_zero/guide/errors/#arguments"
)]
pub trait Extractor<const WITHIN: bool = false>: FromRequest {}

#[diagnostic::do_not_recommend]
impl<T: FromRequest> Extractor for T {}

impl<T: FromRequest> Extractor<true> for T {}
