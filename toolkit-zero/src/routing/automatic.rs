//! The answers that a table gives where a path has routes and none of the method: `OPTIONS`, and 405.

use std::future::ready;

use http::header::ALLOW;

use crate::handler::Handler;
use crate::message::{BoxFuture, Request};
use crate::reply::{IntoResponse, NoContent, Problem, Response};

/// What is allowed at a path; goes with the request through the layers of a route.
#[derive(Clone)]
pub(super) struct Automatic {
    pub(super) allow: String,
}

impl Automatic {
    pub(super) fn answer(&self, request: &Request) -> Response {
        let Self { allow } = self;
        if *request.method() == http::Method::OPTIONS {
            return ([(ALLOW, allow.as_str())], NoContent).into_response();
        }
        let (method, path) = (request.method(), request.uri().path());
        Problem::method_not_allowed()
            .detail(format!(
                "{method} is not allowed at {path}; allowed are {allow}"
            ))
            .header("allow", allow)
            .instance(path)
            .into_response()
    }
}

/// What the layers of a route are put around for such an answer.
pub(super) struct Beside;

impl Handler for Beside {
    fn call(&self, mut request: Request) -> BoxFuture {
        let automatic = request.extensions_mut().remove::<Automatic>();
        Box::pin(ready(match automatic {
            Some(automatic) => automatic.answer(&request),
            None => Problem::not_found().into_response(),
        }))
    }
}
