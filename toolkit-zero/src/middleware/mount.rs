//! A tower service below a prefix.

use std::panic::Location;
use std::sync::Arc;

use http::Uri;
use http::uri::PathAndQuery;

use super::HttpService;
use super::layered::Layered;
use crate::declare::ServerMechanism;
use crate::handler::Handler;
use crate::message::{BoxFuture, Request};
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

impl ServerMechanism {
    /// Lets a tower service answer what is below a prefix and matched by no route: an axum `Router`, an application that is
    /// moved here route by route. It sees paths without the prefix. See [`Server::mount`](crate::server::Server::mount).
    #[track_caller]
    pub fn mount(prefix: impl Into<String>, service: impl HttpService) -> SocketType {
        let prefix = prefix.into();
        let handler = Mounted {
            depth: prefix.split('/').filter(|part| !part.is_empty()).count(),
            inner: Arc::new(Layered(service)),
        };
        below_prefix(prefix, Arc::new(handler), Location::caller())
    }

    /// As [`mount`](Self::mount), but the service sees the whole path, as a tonic service wants it:
    /// `ServerMechanism::forward("/helloworld.Greeter", greeter)`.
    #[track_caller]
    pub fn forward(prefix: impl Into<String>, service: impl HttpService) -> SocketType {
        below_prefix(
            prefix.into(),
            Arc::new(Layered(service)),
            Location::caller(),
        )
    }
}

fn below_prefix(
    prefix: String,
    handler: Arc<dyn Handler>,
    caller: &'static Location<'static>,
) -> SocketType {
    let origin = Origin::of_call(caller);
    let mut route = SocketType::new(Vec::new(), prefix, handler, |_| {}, origin);
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
