//! A layer from an async function.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use super::Endpoint;
use crate::message::{Body, Request, Response};
use crate::reply::IntoResponse;

/// Makes a layer from an async function of the request and of what comes [`Next`].
///
/// ```
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::middleware::{Next, from_fn};
///
/// async fn stamped(request: Request, next: Next) -> Response {
///     let mut response = next.run(request).await;
///     response.headers_mut().insert("x-stamp", "1".parse().unwrap());
///     response
/// }
///
/// let route = ServerMechanism::get("/").onconnect(|| async { "hello" }).layer(from_fn(stamped));
/// # let _ = route;
/// ```
///
/// A closure that captures is written `move |request, next| { let x = x.clone(); async move { .. } }`.
pub fn from_fn<F, Fu, O>(function: F) -> FromFn<F>
where
    F: Fn(Request, Next) -> Fu + Clone + Send + Sync + 'static,
    Fu: Future<Output = O> + Send + 'static,
    O: IntoResponse,
{
    FromFn(function)
}

/// The layer that [`from_fn`] makes.
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

impl<F: Clone> Layer<Endpoint> for FromFn<F> {
    type Service = FromFnService<F>;

    fn layer(&self, inner: Endpoint) -> FromFnService<F> {
        FromFnService {
            function: self.0.clone(),
            inner,
        }
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn")
    }
}

/// The service that a [`FromFn`] layer makes.
#[derive(Clone)]
pub struct FromFnService<F> {
    function: F,
    inner: Endpoint,
}

impl<F, Fu, O> Service<http::Request<Body>> for FromFnService<F>
where
    F: Fn(Request, Next) -> Fu,
    Fu: Future<Output = O> + Send + 'static,
    O: IntoResponse,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let answer = (self.function)(Request::from(request), Next(self.inner.clone()));
        Box::pin(async move { Ok(answer.await.into_response()) })
    }
}

impl<F> fmt::Debug for FromFnService<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFnService")
    }
}

/// What comes after this layer: the next one, or the handler.
#[derive(Debug)]
pub struct Next(Endpoint);

impl Next {
    /// Lets it answer the request.
    pub async fn run(mut self, request: Request) -> Response {
        match self.0.call(request.into()).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}
