//! What stands beside the request: the peer, the route, what layers left.

use std::net::{Ipv4Addr, SocketAddr};

use super::{FromRequest, Request};
use crate::message::Peer;
use crate::reply::Problem;

/// The address of the client: the other end of the connection.
///
/// Behind a proxy that is the proxy: header fields that claim something else are not believed, unless the server
/// [trusts](crate::server::Server::trust_forwarded) who sends them. An address from a field may come without a port, which
/// is 0 then.
///
/// A client of a Unix socket has no address: it is `0.0.0.0:0` here, and `None` as an `Option<ClientAddr>`. A proxy that
/// comes over a Unix socket is trusted as the network `unix:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub SocketAddr);

#[diagnostic::do_not_recommend]
impl FromRequest for ClientAddr {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        match client(request) {
            Some(Peer::Tcp(addr)) => Ok(Self(addr)),
            Some(Peer::Unix) => Ok(Self(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))),
            None => Err(Problem::internal(
                "this request came over no connection, so it has no client address",
            )),
        }
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        Ok(client(request).and_then(Peer::addr).map(Self))
    }
}

fn client(request: &Request) -> Option<Peer> {
    let peer = request.connected()?;
    let proxies = request
        .context()
        .and_then(|context| context.proxies.as_ref());
    Some(match proxies {
        Some(proxies) => proxies.client(peer, request.headers()),
        None => peer,
    })
}

/// The pattern of the route that serves the request, as it was declared: `/users/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedPath(pub String);

#[diagnostic::do_not_recommend]
impl FromRequest for MatchedPath {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let pattern = request
            .matched_path()
            .map(|pattern| Self(pattern.to_owned()));
        pattern.ok_or_else(|| Problem::internal("this request was matched by no route"))
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        Ok(request
            .matched_path()
            .map(|pattern| Self(pattern.to_owned())))
    }
}

/// A value that a layer put into the extensions of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> FromRequest for Extension<T> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let value = request.extensions().get::<T>().cloned().map(Self);
        value.ok_or_else(|| {
            let name = std::any::type_name::<T>();
            Problem::internal(format!("no layer put a `{name}` beside the request"))
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        Ok(request.extensions().get::<T>().cloned().map(Self))
    }
}
