//! A request body that did not come to its end, as an answer.

use super::{BodyError, IntoResponse, Problem, Response};

/// 408 if it came more slowly than the server's limits allow (RFC 9110 section 15.5.9), else 400.
impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let problem = if error.is_timeout() {
            Self::request_timeout()
        } else {
            Self::bad_request()
        };
        problem.detail(error.to_string())
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
