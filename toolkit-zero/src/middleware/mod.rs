//! Around a handler: tower layers, and layers made from an async function.
//!
//! # Where layers stand, and in which order
//!
//! | written | around |
//! |---|---|
//! | `server.layer(..)` | everything, 404 included |
//! | `#[routes("/api", layer = ..)]` | every route of the module, and the automatic `OPTIONS` and 405 of its paths |
//! | `#[get("/", layer = ..)]`, `SocketType::layer` | one route, and the automatic answers of its path |
//!
//! Layers of the server are outermost, then those of modules from the outside in, then those of the route; among several of
//! one place the first that is written is outermost. A request meets the outermost first, an answer the innermost.
//!
//! The layers of the server are composed when it boots, those of a route when it enters the table; a request pays for the
//! layers around its own route and no others. `layer = expr` is evaluated once a server, and the routes of a module all go
//! through the one service that it makes: `ConcurrencyLimitLayer::new(10)` on a module lets ten requests into the module. A
//! layer that is added with [`SocketType::layer`](crate::routing::SocketType::layer) belongs to that route alone.
//!
//! # Errors
//!
//! A layer may fail. Its error becomes an answer where the layer stands, so layers further out see that answer:
//!
//! | error, or what caused it | answer |
//! |---|---|
//! | a [`Problem`](crate::reply::Problem) | that problem |
//! | tower's `Elapsed` (feature `timeout`) | 503 |
//! | anything else | 500 without detail; the log has the error |
//!
//! # Features
//!
//! Any layer of tower and tower-http fits as it is. Three that most programs want come with a feature each, re-exported here:
//! `compression`, `cors` and `timeout`.

mod bounds;
mod from_fn;
mod layered;
mod mount;

pub use bounds::{HttpLayer, HttpService};
pub use from_fn::{FromFn, FromFnService, Next, from_fn};
pub(crate) use layered::around;
pub use layered::{Endpoint, EndpointFuture, LayerError, erase_layer};

/// Answers that are compressed as the client asks for it (`Accept-Encoding`): gzip; a dependency on `tower-http` with other
/// features adds others. Event streams and answers that are compressed already are left alone.
///
/// ```
/// use toolkit_zero::middleware::compression::CompressionLayer;
/// use toolkit_zero::prelude::*;
///
/// let mut server = Server::default();
/// server.layer(CompressionLayer::new());
/// ```
#[cfg(feature = "compression")]
pub mod compression {
    pub use tower_http::compression::predicate;
    pub use tower_http::compression::{CompressionLayer, CompressionLevel};
}

/// Pages of other origins that may use the server (Cross-Origin Resource Sharing, the Fetch standard). A layer of a route or
/// module answers the preflights of its paths.
///
/// ```
/// use toolkit_zero::middleware::cors::CorsLayer;
/// use toolkit_zero::prelude::*;
///
/// let app = http::HeaderValue::from_static("https://app.example.org");
/// let cors = CorsLayer::new().allow_origin(app).allow_methods([Method::PUT]);
/// let route = ServerMechanism::put("/items").onconnect(|| async {}).layer(cors);
/// # let _ = route;
/// ```
#[cfg(feature = "cors")]
pub mod cors {
    pub use tower_http::cors::{
        AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, AllowPrivateNetwork, Any,
        CorsLayer, ExposeHeaders, MaxAge, Vary,
    };
}

/// How long layers and the handler may take: tower's layer, whose error is answered 503.
///
/// The option `timeout = "2s"` of a route does the same for its handler, without the feature; this one also covers the
/// layers inside it.
///
/// ```
/// use std::time::Duration;
/// use toolkit_zero::middleware::timeout::TimeoutLayer;
/// use toolkit_zero::prelude::*;
///
/// let mut server = Server::default();
/// server.layer(TimeoutLayer::new(Duration::from_secs(10)));
/// ```
#[cfg(feature = "timeout")]
pub mod timeout {
    pub use tower::timeout::TimeoutLayer;
    pub use tower::timeout::error::Elapsed;
}
