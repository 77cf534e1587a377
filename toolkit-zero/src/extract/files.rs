//! `Files`: what a request says about the part and the version of a file it wants.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use http::header::{ETAG, IF_RANGE, LAST_MODIFIED, RANGE};
use http::{HeaderMap, HeaderValue, Method};
use tower_http::services::ServeFile;

use super::{FromRequest, Request};
use crate::reply::{Body, IntoResponse, Problem, Response};

/// Sends files as the request asks for them: whole, in part (`Range`, `If-Range`, RFC 9110 section 14), or not at all if the
/// client has this version (`If-None-Match`, `If-Modified-Since`, section 13). Which file that is, the handler says.
///
/// Versions are told by `ETag` and `Last-Modified`, of the length and the time of the file. A range past the end is a 416;
/// several ranges in one request get the whole file, as a unit other than bytes does.
///
/// [`ServerMechanism::files`](crate::declare::ServerMechanism::files) serves a folder without a handler.
///
/// ```
/// use std::path::{Path, PathBuf};
/// use toolkit_zero::extract::Files;
/// use toolkit_zero::prelude::*;
///
/// // A `PathBuf` cannot leave its folder: `..`, `%2e%2e%2f` and the like are refused with 400.
/// #[get("/reports/{*path}")]
/// async fn report(path: PathBuf, files: Files) -> Response {
///     files.send(Path::new("/srv/reports").join(path)).await
/// }
/// # fn main() {}
/// ```
///
/// Symbolic links are followed, so a folder that others write to should not be served.
#[derive(Clone, Debug)]
pub struct Files {
    method: Method,
    headers: HeaderMap,
}

#[diagnostic::do_not_recommend]
impl FromRequest for Files {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(Self::asked_by(request))
    }
}

impl Files {
    pub(crate) fn asked_by(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            headers: request.headers().clone(),
        }
    }

    /// The file at this path, of the type that its name says; of a folder, its `index.html`. 404 if there is none.
    pub async fn send(&self, path: impl Into<PathBuf>) -> Response {
        let mut path = path.into();
        if tokio::fs::metadata(&path)
            .await
            .is_ok_and(|about| about.is_dir())
        {
            path.push("index.html");
        }
        match self.ask(&path).await {
            Ok(response)
                if response.status().is_success() || response.status().is_redirection() =>
            {
                response.into_response()
            }
            Ok(response) => {
                // Refusals have one shape.
                let problem = Problem::new(response.status());
                match response.headers().get("content-range") {
                    Some(range) => {
                        problem.header("content-range", range.to_str().unwrap_or_default())
                    }
                    None => problem,
                }
                .into_response()
            }
            Err(error) => unreadable(&path, &error).into_response(),
        }
    }

    async fn ask(
        &self,
        path: &Path,
    ) -> std::io::Result<
        http::Response<
            impl http_body::Body<Data = bytes::Bytes, Error = std::io::Error> + Send + 'static,
        >,
    > {
        let mut request = http::Request::new(Body::empty());
        // A handler of another method may send a file too.
        if self.method == Method::HEAD {
            *request.method_mut() = Method::HEAD;
        }
        *request.headers_mut() = self.headers.clone();
        if !self.asks_for_a_part(path).await? {
            request.headers_mut().remove(RANGE);
        }
        let mut file = ServeFile::new(path).ignore_multi_range_requests(true);
        file.try_call(request).await
    }
}

impl Files {
    /// Whether `Range` counts (RFC 9110 section 14.2).
    async fn asks_for_a_part(&self, path: &Path) -> std::io::Result<bool> {
        let Some(range) = self.headers.get(RANGE) else {
            return Ok(false);
        };
        let unit = range.as_bytes().get(..6);
        let of_bytes = unit.is_some_and(|unit| unit.eq_ignore_ascii_case(b"bytes="));
        if self.method != Method::GET || !of_bytes {
            return Ok(false);
        }
        match self.headers.get(IF_RANGE) {
            None => Ok(true),
            Some(version) => is_still(path, version).await,
        }
    }
}

/// Whether the file is of this version: the same strong tag, or the same date to the byte (RFC 9110 section 13.1.5).
async fn is_still(path: &Path, version: &HeaderValue) -> std::io::Result<bool> {
    let mut request = http::Request::new(Body::empty());
    *request.method_mut() = Method::HEAD;
    let about = ServeFile::new(path).try_call(request).await?;
    let is = |name| about.headers().get(name) == Some(version);
    Ok(!version.as_bytes().starts_with(b"W/") && (is(ETAG) || is(LAST_MODIFIED)))
}

#[cold]
fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    use std::io::ErrorKind;
    let missing = [
        ErrorKind::NotFound,
        ErrorKind::NotADirectory,
        ErrorKind::InvalidFilename,
    ];
    if missing.contains(&error.kind()) {
        Problem::not_found()
    } else {
        Problem::internal(format!("{}: {error}", path.display()))
    }
}
