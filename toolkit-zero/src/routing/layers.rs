//! The layers of a route, composed once, when it enters a table.

use std::collections::HashMap;
use std::fmt;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::handler::Handler;
use crate::message::{BoxFuture, Request};
use crate::reply::{IntoResponse, Problem};

/// What a layer does to a handler: puts itself around it. Made by the middleware room.
pub(crate) type Around = Arc<dyn Fn(Arc<dyn Handler>) -> Arc<dyn Handler> + Send + Sync>;

/// A layer without its type, as an expansion makes it.
#[doc(hidden)]
#[derive(Clone)]
pub struct ErasedLayer(pub(crate) Around);

impl fmt::Debug for ErasedLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasedLayer")
    }
}

/// A layer that an attribute names. Its address is its identity: it is made once a server, and all routes of its module go
/// through the one service that it makes.
#[doc(hidden)]
#[derive(Debug)]
pub struct LayerSource {
    make: fn() -> ErasedLayer,
}

impl LayerSource {
    /// Keeps how the layer is made.
    pub const fn new(make: fn() -> ErasedLayer) -> Self {
        Self { make }
    }
}

/// One layer of a route.
#[derive(Clone)]
pub(crate) enum RouteLayer {
    /// Put around this route alone.
    Own(Around),
    /// Of a module or an attribute.
    Shared(&'static LayerSource),
}

/// The layers of one server's modules. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct ModuleLayers(Arc<Mutex<HashMap<usize, Arc<dyn Handler>>>>);

impl ModuleLayers {
    /// Puts layers around a handler; the first is outermost.
    pub(super) fn around(
        &self,
        layers: &[RouteLayer],
        handler: Arc<dyn Handler>,
    ) -> Arc<dyn Handler> {
        layers
            .iter()
            .rev()
            .fold(handler, |inner, layer| match layer {
                RouteLayer::Own(around) => around(inner),
                RouteLayer::Shared(source) => Arc::new(Through {
                    shared: self.made(source),
                    inner,
                }),
            })
    }

    /// The one service of this layer, made when the first route asks for it.
    fn made(&self, source: &'static LayerSource) -> Arc<dyn Handler> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let handler = made
            .entry(ptr::from_ref(source).addr())
            .or_insert_with(|| (source.make)().0(Arc::new(Onward)));
        Arc::clone(handler)
    }
}

/// A route's way through a layer that it shares: what comes behind the layer goes with the request.
struct Through {
    shared: Arc<dyn Handler>,
    inner: Arc<dyn Handler>,
}

impl Handler for Through {
    fn call(&self, mut request: Request) -> BoxFuture {
        let behind = Behind(Arc::clone(&self.inner));
        request.extensions_mut().insert(behind);
        self.shared.call(request)
    }
}

/// What comes behind a shared layer for this request.
#[derive(Clone)]
struct Behind(Arc<dyn Handler>);

/// What a shared layer is put around.
struct Onward;

impl Handler for Onward {
    fn call(&self, mut request: Request) -> BoxFuture {
        match request.extensions_mut().remove::<Behind>() {
            Some(Behind(inner)) => inner.call(request),
            None => lost(),
        }
    }
}

#[cold]
fn lost() -> BoxFuture {
    let problem = Problem::internal(
        "a layer of a module handed on a request of its own making; it must keep the extensions of the one it was given",
    );
    Box::pin(std::future::ready(problem.into_response()))
}
