//! Parts of the head that are there in every request.

use std::convert::Infallible;

use http::{HeaderMap, Method, Uri};

use super::{FromRequest, Request};

/// A copy of all header fields.
#[diagnostic::do_not_recommend]
impl FromRequest for HeaderMap {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(request.headers().clone())
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for Method {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(request.method().clone())
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for Uri {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(request.uri().clone())
    }
}
