//! `Header<H>`: one header field as a type of the `headers` crate.

use http::HeaderMap;

use super::{FromRequest, Request};
use crate::reply::{Head, InputError, IntoHeaders, Problem, Response};

/// A header field as a type: an argument reads it, and in a reply `(Header(h), body)` sets it.
///
/// ```
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::extract::headers::{Authorization, ETag, UserAgent, authorization::Bearer};
///
/// #[get("/me")]
/// async fn me(Header(token): Header<Authorization<Bearer>>, agent: Option<Header<UserAgent>>) -> String {
///     let agent = agent.map_or("nobody".to_owned(), |agent| agent.0.to_string());
///     format!("{} bytes of token, sent by {agent}", token.token().len())
/// }
///
/// #[get("/page")]
/// async fn page() -> (Header<ETag>, &'static str) {
///     (Header("\"v1\"".parse().unwrap()), "page")
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// 400 with the name of the field if it is missing or does not parse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<H>(pub H);

#[diagnostic::do_not_recommend]
impl<H: headers::Header + Send> FromRequest for Header<H> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        match find(request.headers())? {
            Some(header) => Ok(Self(header)),
            None => Err(refused::<H>("it is missing")),
        }
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        Ok(find(request.headers())?.map(Self))
    }
}

fn find<H: headers::Header>(fields: &HeaderMap) -> Result<Option<H>, Problem> {
    let mut values = fields.get_all(H::name()).iter();
    if values.size_hint() == (0, Some(0)) {
        return Ok(None);
    }
    H::decode(&mut values)
        .map(Some)
        .map_err(|error| refused::<H>(&error.to_string()))
}

#[cold]
fn refused<H: headers::Header>(detail: &str) -> Problem {
    let name = H::name().as_str();
    Problem::bad_request()
        .detail(format!("the header field `{name}` is not valid"))
        .error(InputError::at_parameter(name, detail))
}

#[diagnostic::do_not_recommend]
impl<H: headers::Header> IntoHeaders for Header<H> {
    fn set(self, fields: &mut HeaderMap) -> Result<(), http::Error> {
        headers::HeaderMapExt::typed_insert(fields, self.0);
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<H: headers::Header> Head for Header<H> {
    fn set_on(self, mut response: Response) -> Response {
        headers::HeaderMapExt::typed_insert(response.headers_mut(), self.0);
        response
    }
}
