//! A tower layer around an endpoint, composed once and driven inside the one boxed future of the request.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use super::{HttpLayer, HttpService};
use crate::handler::Handler;
use crate::message::{Body, BoxError, BoxFuture, Request, Response};
use crate::reply::{IntoResponse, Problem, name_instance};
use crate::routing::{Around, ErasedLayer, RouteLayer, SocketType};

/// What a layer is put around: the rest of the route, as a tower service.
#[derive(Clone)]
pub struct Endpoint(Arc<dyn Handler>);

impl Service<http::Request<Body>> for Endpoint {
    type Response = Response;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> EndpointFuture {
        EndpointFuture(self.0.call(Request::from(request)))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint")
    }
}

/// The answer of an [`Endpoint`].
#[doc(hidden)]
pub struct EndpointFuture(BoxFuture);

impl Future for EndpointFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for EndpointFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointFuture")
    }
}

/// An error of a layer, as the log shows it.
#[derive(Debug, thiserror::Error)]
#[error("a layer failed: {0}")]
pub struct LayerError(BoxError);

/// A tower service as a handler.
pub(super) struct Layered<S>(pub(super) S);

impl<S: HttpService> Handler for Layered<S> {
    fn call(&self, request: Request) -> BoxFuture {
        let mut service = self.0.clone();
        let uri = request.uri().clone();
        Box::pin(async move {
            // The layer's own error need not be `Send`, so it is boxed before the next await.
            let ready = poll_fn(|cx| service.poll_ready(cx))
                .await
                .map_err(Into::into);
            let result = match ready {
                Ok(()) => service.call(request.into()).await.map_err(Into::into),
                Err(error) => Err(error),
            };
            let mut response = match result {
                Ok(response) => response.into_response(),
                Err(error) => failed(error).into_response(),
            };
            name_instance(&mut response, &uri);
            response
        })
    }
}

/// What an error of a layer becomes: the problem that it is, 503 for a timeout of tower, else a 500 without detail.
#[cold]
fn failed(error: BoxError) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&*error);
    while let Some(one) = cause {
        if let Some(problem) = one.downcast_ref::<Problem>() {
            return problem.clone();
        }
        #[cfg(feature = "timeout")]
        if one.is::<tower::timeout::error::Elapsed>() {
            return Problem::service_unavailable()
                .detail("the request took longer than it may take here");
        }
        cause = one.source();
    }
    Problem::internal(LayerError(error))
}

/// A layer without its type.
pub(crate) fn around(layer: impl HttpLayer) -> Around {
    Arc::new(move |inner| Arc::new(Layered(layer.layer(Endpoint(inner)))))
}

/// What `layer = expr` ends in.
#[doc(hidden)]
pub fn erase_layer(layer: impl HttpLayer) -> ErasedLayer {
    ErasedLayer(around(layer))
}

impl SocketType {
    /// Puts a tower layer around the handler; the first that is added is outermost.
    ///
    /// An error of the layer is a logged 500, see [`middleware`](crate::middleware#errors).
    #[must_use]
    pub fn layer(mut self, layer: impl HttpLayer) -> Self {
        self.options_mut()
            .layers
            .push(RouteLayer::Own(around(layer)));
        self
    }
}
