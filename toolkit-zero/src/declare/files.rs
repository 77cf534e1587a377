//! Folders and files as routes.

use std::path::PathBuf;

use http::Method;

use super::ServerMechanism;
use crate::extract::{Files, FromRest, Request};
use crate::reply::{InputError, IntoResponse, Problem, Response};
use crate::routing::SocketType;

impl ServerMechanism {
    /// A route that serves the files below a folder: `ServerMechanism::files("/assets/{*path}", "dist")`. The pattern ends in
    /// a rest, which is the path within the folder.
    ///
    /// Ranges and conditional requests are answered as [`Files`] does it; of a folder its `index.html` is sent. A path that
    /// could leave the folder (`..`, `%2e%2e%2f`, `\`, a drive) is refused with 400.
    ///
    /// A pattern without a rest keeps the server from starting, as every bad pattern does; a folder that is not there is named
    /// in the start report, as it may come later.
    ///
    /// ```
    /// use toolkit_zero::prelude::*;
    ///
    /// let server = Server::of([
    ///     ServerMechanism::files("/assets/{*path}", "dist"),
    ///     ServerMechanism::file("/favicon.ico", "dist/favicon.ico"),
    /// ]);
    /// # let _ = server;
    /// ```
    #[track_caller]
    pub fn files(pattern: impl Into<String>, folder: impl Into<PathBuf>) -> SocketType {
        let folder = folder.into();
        let below = folder.clone();
        let route = Self::method(Method::GET, pattern).onconnect(move |request: Request| {
            let asked = Files::asked_by(&request);
            let path = within(&request).map(|path| below.join(path));
            async move { send(asked, path).await }
        });
        route.serves_below(folder)
    }

    /// A route that serves one file, as [`files`](Self::files) does.
    #[track_caller]
    pub fn file(pattern: impl Into<String>, path: impl Into<PathBuf>) -> SocketType {
        let path = path.into();
        let one = path.clone();
        let mut route = Self::method(Method::GET, pattern).onconnect(move |files: Files| {
            let one = one.clone();
            async move { files.send(one).await }
        });
        route.options_mut().serves = Some(path);
        route
    }
}

async fn send(asked: Files, path: Result<PathBuf, Problem>) -> Response {
    match path {
        Ok(path) => asked.send(path).await,
        Err(problem) => problem.into_response(),
    }
}

/// The rest of the pattern as a path that stays where it is put.
fn within(request: &Request) -> Result<PathBuf, Problem> {
    let last = request.captures().len().checked_sub(1);
    let Some(rest) = last.and_then(|last| request.raw_capture(last)) else {
        return Err(Problem::internal(
            "a route that serves files has no rest; write its pattern as `/assets/{*path}`",
        ));
    };
    // `/assets/docs/` is the folder `docs`.
    PathBuf::from_rest(rest.strip_suffix('/').unwrap_or(rest)).map_err(|detail| {
        Problem::bad_request()
            .detail("the path of the file is not valid")
            .instance(request.uri().path())
            .error(InputError::at_parameter("path", detail))
    })
}
