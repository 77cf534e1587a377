//! The one shape of our refusals, and of a handler's own: `application/problem+json` (RFC 9457).

use std::fmt;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Body, IntoResponse, Response};

/// A refusal that explains itself: `application/problem+json` (RFC 9457).
///
/// Everything the framework refuses has this shape, and a handler may return it. `?` turns any error into it for which
/// you write `impl From<MyError> for Problem`; [`Problem::internal`] takes the rest.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/users/{id}")]
/// async fn user(id: u64) -> Result<String, Problem> {
///     if id != 7 {
///         return Err(Problem::not_found().detail(format!("there is no user {id}")));
///     }
///     Ok("Ada".to_owned())
/// }
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Problem(Box<Fields>);

#[derive(Clone)]
struct Fields {
    status: StatusCode,
    kind: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    instance: Option<String>,
    errors: Vec<InputError>,
    headers: HeaderMap,
}

/// One thing that is wrong with the input, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    pointer: Option<String>,
    parameter: Option<String>,
    detail: String,
}

impl Serialize for InputError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = self.pointer.as_ref().map(|pointer| ("pointer", pointer));
        let place = place.or(self
            .parameter
            .as_ref()
            .map(|parameter| ("parameter", parameter)));
        serializer.collect_map(place.into_iter().chain([("detail", &self.detail)]))
    }
}

impl InputError {
    /// A place in the body, as a JSON pointer (RFC 6901): `/items/0/price`. The empty pointer is the whole body.
    pub fn at_pointer(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            detail: detail.into(),
        }
    }

    /// A capture, a query parameter, a header or a cookie, by its name.
    pub fn at_parameter(parameter: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: None,
            parameter: Some(parameter.into()),
            detail: detail.into(),
        }
    }
}

impl InputError {
    /// The place in the body, if it is one.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The name of the parameter, if it is one.
    pub fn parameter(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// What is wrong.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

macro_rules! constructors {
    ($($name:ident $status:ident $text:literal),+ $(,)?) => {
        $(#[doc = $text]
        pub fn $name() -> Self {
            Self::new(StatusCode::$status)
        })+
    };
}

impl Problem {
    /// A problem with this status. Its `type` is `about:blank`, its `title` the status' reason phrase.
    pub fn new(status: StatusCode) -> Self {
        Self(Box::new(Fields {
            status,
            kind: None,
            title: None,
            detail: None,
            instance: None,
            errors: Vec::new(),
            headers: HeaderMap::new(),
        }))
    }

    constructors! {
        bad_request BAD_REQUEST "400 Bad Request.",
        unauthorized UNAUTHORIZED "401 Unauthorized.",
        forbidden FORBIDDEN "403 Forbidden.",
        not_found NOT_FOUND "404 Not Found.",
        method_not_allowed METHOD_NOT_ALLOWED "405 Method Not Allowed.",
        request_timeout REQUEST_TIMEOUT "408 Request Timeout.",
        conflict CONFLICT "409 Conflict.",
        gone GONE "410 Gone.",
        content_too_large PAYLOAD_TOO_LARGE "413 Content Too Large.",
        uri_too_long URI_TOO_LONG "414 URI Too Long.",
        unsupported_media_type UNSUPPORTED_MEDIA_TYPE "415 Unsupported Media Type.",
        unprocessable UNPROCESSABLE_ENTITY "422 Unprocessable Content.",
        too_many_requests TOO_MANY_REQUESTS "429 Too Many Requests.",
        service_unavailable SERVICE_UNAVAILABLE "503 Service Unavailable.",
    }

    /// A 500 for an error that is nobody's business but ours: it is logged at `error`, and the client is told nothing of it.
    pub fn internal(error: impl fmt::Display) -> Self {
        tracing::error!(
            error = format_args!("{error:#}"),
            "a request failed with an internal error"
        );
        Self::new(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What happened this time, for a person (RFC 9457 section 3.1.4).
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The kind of problem in a few words, the same every time (RFC 9457 section 3.1.3).
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// The URI of the kind of problem, the member `type` (RFC 9457 section 3.1.1).
    #[must_use]
    pub fn kind(mut self, uri: impl Into<String>) -> Self {
        self.0.kind = Some(uri.into());
        self
    }

    /// The URI of this occurrence (RFC 9457 section 3.1.5). Where a handler or a layer returns a problem without one, the
    /// request's path is sent.
    #[must_use]
    pub fn instance(mut self, uri: impl Into<String>) -> Self {
        self.0.instance = Some(uri.into());
        self
    }

    /// Adds one thing that is wrong with the input.
    #[must_use]
    pub fn error(mut self, error: InputError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// Sets a header field of the answer. One that HTTP cannot carry is logged and left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.0.headers.insert(name, value);
        } else {
            tracing::error!(name, value, "a problem cannot carry this header field");
        }
        self
    }

    /// Sets `Retry-After` (RFC 9110 section 10.2.3), in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0
            .headers
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What happened this time, as [`detail`](Self::detail) set it.
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The kind of problem in a few words; without a title, the status' reason phrase.
    pub fn title_text(&self) -> &str {
        let title = self.0.title.as_deref();
        title
            .or(self.0.status.canonical_reason())
            .unwrap_or("Unknown")
    }

    /// The request it is about.
    pub fn instance_uri(&self) -> Option<&str> {
        self.0.instance.as_deref()
    }

    /// What is wrong with the input.
    pub fn errors(&self) -> &[InputError] {
        &self.0.errors
    }

    /// The JSON document that is sent.
    fn document(&self) -> Vec<u8> {
        serde_json::to_vec(&*self.0).unwrap_or_default()
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The members in the order of RFC 9457 section 3.1.
impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let title = self.title.as_deref().or(self.status.canonical_reason());
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("type", self.kind.as_deref().unwrap_or("about:blank"))?;
        document.serialize_entry("title", title.unwrap_or("Unknown"))?;
        document.serialize_entry("status", &self.status.as_u16())?;
        if let Some(detail) = &self.detail {
            document.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = &self.instance {
            document.serialize_entry("instance", instance)?;
        }
        if !self.errors.is_empty() {
            document.serialize_entry("errors", &self.errors)?;
        }
        document.end()
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.document()));
        *response.status_mut() = self.0.status;
        response.headers_mut().extend(self.0.headers.clone());
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response.extensions_mut().insert(self);
        response
    }
}

/// Says which request a problem was about, unless it says so itself. Called once on the way out, for the error path only.
#[inline]
pub(crate) fn name_instance(response: &mut Response, target: &Uri) {
    if !response.extensions().is_empty() {
        name_instance_of_a_problem(response, target.path());
    }
}

#[cold]
fn name_instance_of_a_problem(response: &mut Response, path: &str) {
    let problem = response.extensions().get::<Problem>();
    if problem.is_some_and(|problem| problem.0.instance.is_none()) {
        rewrite(response, |problem| problem.instance(path));
    }
}

/// Lets the document of a problem tell the status that is sent.
pub(super) fn restate(response: &mut Response, status: StatusCode) {
    rewrite(response, |mut problem| {
        problem.0.status = status;
        problem
    });
}

/// Puts the document of the changed problem in place of the first, if the response still carries that.
fn rewrite(response: &mut Response, change: impl FnOnce(Problem) -> Problem) {
    if response.extensions().is_empty() {
        return;
    }
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return;
    };
    // A body that was put in its place is somebody's own.
    if response
        .body()
        .in_memory()
        .is_some_and(|body| *body == problem.document())
    {
        let problem = change(problem);
        *response.body_mut() = Body::from(problem.document());
        response.extensions_mut().insert(problem);
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self
            .0
            .title
            .as_deref()
            .or(self.0.status.canonical_reason())
            .unwrap_or("Unknown");
        write!(f, "{} {title}", self.0.status.as_u16())?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({self}")?;
        for error in &self.0.errors {
            write!(f, "; {error:?}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Problem {}

impl From<StatusCode> for Problem {
    fn from(status: StatusCode) -> Self {
        Self::new(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_the_members_of_rfc_9457() {
        let problem = Problem::unprocessable()
            .detail("no")
            .error(InputError::at_pointer("/a", "wrong"));
        let document: serde_json::Value = serde_json::from_slice(&problem.document()).unwrap();
        assert_eq!(
            document,
            serde_json::json!({
                "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": "no",
                "errors": [{ "pointer": "/a", "detail": "wrong" }]
            })
        );
    }
}
