//! By which scheme a request was asked.

use std::convert::Infallible;
use std::fmt;

use http::uri;

use super::{FromRequest, Request};

/// The scheme that the client asked by: `https` over TLS, `http` otherwise. With the `Host` field it makes the origin of
/// an absolute address.
///
/// Behind a proxy that ends TLS it is what the proxy says, if the server [trusts](crate::server::Server::trust_forwarded) it:
/// `proto` in `Forwarded`, or the last word in `X-Forwarded-Proto`.
///
/// ```
/// use toolkit_zero::extract::Scheme;
/// use toolkit_zero::prelude::*;
///
/// #[get("/feed")]
/// async fn feed(scheme: Scheme, headers: HeaderMap) -> String {
///     let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
///     format!("{scheme}://{host}/feed")
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme(pub uri::Scheme);

#[diagnostic::do_not_recommend]
impl FromRequest for Scheme {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        let own = if request.is_secure() {
            uri::Scheme::HTTPS
        } else {
            uri::Scheme::HTTP
        };
        let proxies = request
            .context()
            .and_then(|context| context.proxies.as_ref());
        let told = proxies
            .zip(request.connected())
            .and_then(|(proxies, peer)| proxies.scheme(peer, request.headers()));
        Ok(Self(told.unwrap_or(own)))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
