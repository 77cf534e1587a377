//! A tower service below a prefix.

use std::sync::Arc;

use bytes::Bytes;
use http::Uri;
use http::uri::PathAndQuery;
use tower_service::Service;

use super::layered::Layered;
use crate::handler::Handler;
use crate::message::{Body, BoxError, BoxFuture, Request};
use crate::routing::{Origin, Role, SocketType};

/// The service sees paths without the prefix.
struct Mounted {
    inner: Arc<dyn Handler>,
    /// How many segments the prefix has.
    depth: usize,
}

impl Handler for Mounted {
    fn call(&self, request: Request) -> BoxFuture {
        let mut message = http::Request::from(request);
        if let Some(uri) = below(message.uri(), self.depth) {
            *message.uri_mut() = uri;
        }
        self.inner.call(Request::from(message))
    }
}

fn below(uri: &Uri, depth: usize) -> Option<Uri> {
    let mut rest = uri.path();
    for _ in 0..depth {
        rest = rest.strip_prefix('/')?;
        rest = &rest[rest.find('/').unwrap_or(rest.len())..];
    }
    let rest = if rest.is_empty() { "/" } else { rest };
    let target = match uri.query() {
        Some(query) => format!("{rest}?{query}"),
        None => rest.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
    Uri::from_parts(parts).ok()
}

/// What answers everything below a prefix that no route matches.
pub(crate) fn mounted<S, B>(prefix: String, service: S, origin: Origin) -> SocketType
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        >,
    S: Clone + Send + Sync + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let handler = Mounted {
        depth: prefix.split('/').filter(|part| !part.is_empty()).count(),
        inner: Arc::new(Layered(service)),
    };
    let mut route = SocketType::new(Vec::new(), prefix, Arc::new(handler), |_| {}, origin);
    route.role = Role::Fallback;
    route
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_taken_off() {
        for (uri, depth, left) in [
            ("/old/x?y=1", 1, "/x?y=1"),
            ("/old", 1, "/"),
            ("/old?y", 1, "/?y"),
            ("/a/b/c%2Fd/", 2, "/c%2Fd/"),
            ("/x", 0, "/x"),
        ] {
            let below = below(&uri.parse().unwrap(), depth);
            assert_eq!(below.unwrap().to_string(), left, "{uri}");
        }
    }
}
