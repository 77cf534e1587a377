//! Layers as tower has them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http_body_util::Full;
use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::reply::BoxError;
use tower_layer::Layer;
use tower_service::Service;

use crate::support::{FREE, Log, connected, says};

/// A layer as tower has them: it counts, has to be asked whether it is ready, and can fail.
#[derive(Clone)]
struct Metered {
    ready: Arc<AtomicUsize>,
    fails: bool,
}

impl<S> Layer<S> for Metered {
    type Service = MeteredService<S>;

    fn layer(&self, inner: S) -> MeteredService<S> {
        MeteredService {
            inner,
            metered: self.clone(),
            is_ready: false,
        }
    }
}

struct MeteredService<S> {
    inner: S,
    metered: Metered,
    is_ready: bool,
}

impl<S: Clone> Clone for MeteredService<S> {
    fn clone(&self) -> Self {
        // A clone has to be driven to ready by itself.
        Self {
            inner: self.inner.clone(),
            metered: self.metered.clone(),
            is_ready: false,
        }
    }
}

impl<S> Service<http::Request<Body>> for MeteredService<S>
where
    S: Service<
            http::Request<Body>,
            Response = Response,
            Error: Into<BoxError>,
            Future: Send + 'static,
        >,
{
    type Response = http::Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        std::task::ready!(self.inner.poll_ready(cx)).map_err(Into::into)?;
        self.is_ready = true;
        self.metered.ready.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        assert!(
            self.is_ready,
            "called without being asked whether it is ready"
        );
        let fails = self.metered.fails;
        let path = request.uri().path().to_owned();
        let answer = self.inner.call(request);
        Box::pin(async move {
            if fails {
                return Err("the secret of the layer".into());
            }
            let (head, mut body) = answer.await.map_err(Into::into)?.into_parts();
            let text = body.chunk().await?.unwrap_or_default();
            let text = format!("{path}: {}", String::from_utf8_lossy(&text));
            Ok(http::Response::from_parts(head, Full::from(text)))
        })
    }
}

#[tokio::test]
async fn a_tower_layer_is_asked_whether_it_is_ready_and_may_change_the_body() {
    let ready = Arc::new(AtomicUsize::new(0));
    let metered = Metered {
        ready: Arc::clone(&ready),
        fails: false,
    };
    let mut server = Server::of([says("/a", "a").layer(metered.clone())]);
    server.layer(metered);
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    for count in 1..=2 {
        assert_eq!(client.send("GET", "/a").await.text(), "/a: /a: a");
        assert_eq!(ready.load(Ordering::Relaxed), 2 * count);
    }
}

#[tokio::test]
async fn the_error_of_a_layer_is_a_logged_500_that_leaks_nothing() {
    let (log, _guard) = Log::listen();
    let failing = || Metered {
        ready: Arc::default(),
        fails: true,
    };
    let (_bg, mut client) = connected([says("/a", "a").layer(failing()), says("/ok", "ok")]).await;
    let answer = client.send("GET", "/a").await;
    assert_eq!(answer.status, 500);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert!(!answer.text().contains("secret"));
    assert!(
        log.errors()
            .iter()
            .any(|line| line.contains("the secret of the layer"))
    );
    assert_eq!(client.send("GET", "/ok").await.text(), "ok");
}
