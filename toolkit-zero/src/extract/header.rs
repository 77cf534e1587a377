//! Parts of the head that are there in every request.

use std::convert::Infallible;

use http::{HeaderMap, Method, Uri};

use super::{FromRequest, Request};

/// A copy of all header fields.
impl FromRequest for HeaderMap {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(request.headers().clone())
    }
}

impl FromRequest for Method {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(request.method().clone())
    }
}

impl FromRequest for Uri {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(request.uri().clone())
    }
}
