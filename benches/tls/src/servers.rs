//! The two servers: `GET /ping` over TLS.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use common::Pong;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use toolkit_zero::prelude::{Json, Server, get};
use toolkit_zero::server::Tls;

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

pub fn serve(server: &str, certificate: &Path, key: &Path) {
    if server == "hyper" {
        return hyper(certificate, key);
    }
    let mut server = Server::of([toolkit_zero::declare::route!(ping)]);
    server.tls(Tls::files(certificate, key));
    common::run(&common::Options::default(), || {
        server.serve_managed(([127, 0, 0, 1], 0)).addr()
    });
}

fn hyper(certificate: &Path, key: &Path) {
    let certificate = CertificateDer::from_pem_file(certificate).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = ring::Ticketer::new().expect("tickets");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    common::run(&common::Options::default(), || {
        let listener = common::listen();
        let addr = listener.local_addr().expect("a bound socket");
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await.expect("a handshake");
                    let io = TokioIo::new(stream);
                    let connection = http1::Builder::new().serve_connection(io, service_fn(answer));
                    drop(connection.await);
                });
            }
        });
        addr
    });
}

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = serde_json::to_vec(&Pong { ok: true }).expect("a value");
    let mut response = Response::new(Full::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}
