//! What a tower service and a tower layer have to be, said once.

use bytes::Bytes;
use tower_layer::Layer;
use tower_service::Service;

use super::Endpoint;
use crate::message::{Body, BoxError};

/// A tower service that answers HTTP requests: what a layer makes, and what can be mounted.
///
/// Implemented for every `Service<http::Request<Body>>` that answers with an `http::Response` of any body, whose error turns
/// into a [`BoxError`], whose future is `Send`, and that is `Clone + Send + Sync + 'static`. Nobody else implements it.
///
/// A service is cloned for each request, and the clone is driven to ready before it is called. One that cannot be cloned
/// is put behind `tower::buffer`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a service that can answer here",
    note = "what is needed is `Service<http::Request<Body>>` with an `http::Response` as its answer, `Clone + Send + Sync`"
)]
pub trait HttpService:
    Service<
        http::Request<Body>,
        Response = http::Response<<Self as HttpService>::ResponseBody>,
        Error: Into<BoxError>,
        Future: Send,
    > + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its answers.
    type ResponseBody: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

#[diagnostic::do_not_recommend]
impl<S, B> HttpService for S
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        > + Clone
        + Send
        + Sync
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type ResponseBody = B;
}

/// A tower layer that can be put around a route, a module or a server: what it makes of an [`Endpoint`] is an
/// [`HttpService`].
///
/// Implemented for every such layer of tower, tower-http and others, and for a `tower::ServiceBuilder` with several of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer that can stand here",
    note = "write one with `from_fn(async fn)`, or take one of tower or tower-http"
)]
pub trait HttpLayer: Layer<Endpoint, Service: HttpService> + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<L> HttpLayer for L where L: Layer<Endpoint, Service: HttpService> + Send + Sync + 'static {}
