//! What the subjects of TLS share: an authority, certificates of its own, and a client that trusts it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};
use tests::{Answer, answer_from};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, SupportedProtocolVersion};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::Tls;

use crate::support::FREE;

static AUTHORITIES: AtomicUsize = AtomicUsize::new(0);

/// Who vouches for certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate.
    pub(crate) pem: String,
}

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // Each has a name of its own: else a stranger's is taken for it, with a wrong signature.
        let number = AUTHORITIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("authority {number}");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = rcgen::IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A new certificate for these names.
    pub(crate) fn vouch(&self, names: &[&str]) -> Pair {
        self.vouch_until(names, 4096)
    }

    /// The same, valid to the end of a year.
    pub(crate) fn vouch_until(&self, names: &[&str], year: i32) -> Pair {
        let names: Vec<_> = names.iter().copied().map(str::to_owned).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        Pair {
            certificate: params.signed_by(&key, &self.issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

impl Pair {
    pub(crate) fn tls(&self) -> Tls {
        Tls::pem(&self.certificate, &self.key)
    }

    pub(crate) fn der(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        (vec![certificate], key)
    }
}

/// A client that trusts one authority.
#[derive(Clone)]
pub(crate) struct Trusting {
    pub(crate) config: ClientConfig,
    pub(crate) name: &'static str,
}

impl Trusting {
    pub(crate) fn new(authority: &Authority) -> Self {
        Self::with(authority, rustls::DEFAULT_VERSIONS, None)
    }

    pub(crate) fn showing(authority: &Authority, own: &Pair) -> Self {
        Self::with(authority, rustls::DEFAULT_VERSIONS, Some(own))
    }

    pub(crate) fn with(
        authority: &Authority,
        versions: &[&'static SupportedProtocolVersion],
        own: Option<&Pair>,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        let pem = authority.pem.as_bytes();
        roots
            .add(CertificateDer::from_pem_slice(pem).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let (chain, key) = own.der();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        Self {
            config,
            name: "localhost",
        }
    }

    pub(crate) fn offering(mut self, protocols: &[&str]) -> Self {
        let bytes = protocols.iter().map(|name| name.as_bytes().to_vec());
        self.config.alpn_protocols = bytes.collect();
        self
    }

    pub(crate) fn asking_for(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    pub(crate) async fn connect(&self, addr: SocketAddr) -> TlsStream<TcpStream> {
        self.try_connect(addr).await.unwrap()
    }

    pub(crate) async fn try_connect(
        &self,
        addr: SocketAddr,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(addr).await?;
        self.shake(stream).await
    }

    pub(crate) async fn shake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> std::io::Result<TlsStream<S>> {
        let connector = tokio_rustls::TlsConnector::from(Arc::new(self.config.clone()));
        let name = ServerName::try_from(self.name).unwrap();
        connector.connect(name, stream).await
    }

    /// The certificate that the server shows now.
    pub(crate) async fn shown(&self, addr: SocketAddr) -> CertificateDer<'static> {
        let stream = self.connect(addr).await;
        stream.get_ref().1.peer_certificates().unwrap()[0]
            .clone()
            .into_owned()
    }
}

/// A server that speaks HTTPS, and a client that trusts it.
pub(crate) fn serve_tls(
    routes: impl IntoIterator<Item = SocketType>,
) -> (BackgroundServer, Trusting) {
    let authority = Authority::new();
    let mut server = Server::of(routes);
    server.tls(authority.vouch(&["localhost"]).tls());
    (server.serve_managed(FREE), Trusting::new(&authority))
}

/// Asks over HTTP/1.1, and reads the answer.
pub(crate) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    method: &str,
    target: &str,
    body: &[u8],
) -> Answer {
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    stream.flush().await.unwrap();
    answer_from(stream).await
}
