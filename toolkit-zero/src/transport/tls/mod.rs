//! HTTPS: which certificates are served, who is asked for one, and how they are replaced while the server serves.

mod error;
mod identity;
mod names;
mod secure;
mod session;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub use self::error::TlsError;
use self::identity::{Pem, Source};
pub(crate) use self::secure::Secure;
pub(super) use self::session::{Agreed, Refusal, Sent, Session};

/// How a server speaks HTTPS: its certificates and keys, and whether clients show one of theirs.
///
/// TLS 1.2 and 1.3 by rustls with ring. HTTP/2 and HTTP/1.1 are offered by ALPN (RFC 7301), and a client that does not
/// use it speaks HTTP/1.1. A handshake ends within [`Limits::header_read`](crate::server::Limits::header_read) of its first
/// byte. A client that speaks plain HTTP is answered 400 and closed.
///
/// ```no_run
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::server::Tls;
///
/// #[toolkit_zero::main(addr = "0.0.0.0:8443")]
/// async fn main(server: &mut Server) {
///     server.tls(Tls::files("fullchain.pem", "privkey.pem"));
/// }
/// ```
///
/// # Renewal
///
/// Files are looked at every ten seconds, and read again when one has changed. New connections get the new certificate,
/// those that are open keep theirs. A pair that does not belong together (one of the two is not written yet) or
/// cannot be read is logged, the last good one goes on being served, and the files are looked at again.
/// [`BackgroundServer::reload_tls`](crate::server::BackgroundServer::reload_tls) does it at once and tells what is wrong.
/// No signal is listened to: a program that wants `SIGHUP` for it awaits the signal and calls that.
///
/// # Several names
///
/// A client is shown the certificate for the name that it asks for (SNI), exactly or by `*.`; if there is none for it, the
/// first, unless [`refuse_other_names`](Self::refuse_other_names) says otherwise.
///
/// ```
/// use toolkit_zero::server::Tls;
///
/// let tls = Tls::files("example.org.pem", "example.org.key")
///     .and_files("example.net.pem", "example.net.key")
///     .client_certificates("partners.pem");
/// # drop(tls);
/// ```
#[derive(Clone)]
#[must_use = "give it to `Server::tls`"]
pub struct Tls {
    certificates: Certificates,
    clients: Option<Clients>,
    strict: bool,
    look_every: Duration,
}

#[derive(Clone)]
enum Certificates {
    Own(Vec<Source>),
    Given(Arc<ServerConfig>),
    /// Both, which is a fault.
    Mixed,
}

/// Who vouches for clients.
#[derive(Clone, Debug)]
struct Clients {
    authorities: Pem,
    required: bool,
}

impl Tls {
    /// How often files are looked at.
    const LOOK_EVERY: Duration = Duration::from_secs(10);

    fn new(certificates: Certificates) -> Self {
        Self {
            certificates,
            clients: None,
            strict: false,
            look_every: Self::LOOK_EVERY,
        }
    }

    fn and(mut self, source: Source) -> Self {
        match &mut self.certificates {
            Certificates::Own(sources) => sources.push(source),
            given @ (Certificates::Given(_) | Certificates::Mixed) => *given = Certificates::Mixed,
        }
        self
    }

    /// The certificate and its key, in PEM. The server's certificate comes first in its file, then those that vouch for it
    /// (`fullchain.pem`). They are read when the server boots: what is wrong with them is a fault like all others.
    pub fn files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self::new(Certificates::Own(Vec::new())).and_files(certificate, key)
    }

    /// As [`files`](Self::files), from memory.
    pub fn pem(certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        Self::new(Certificates::Own(Vec::new())).and_pem(certificate, key)
    }

    /// As [`files`](Self::files), in DER.
    pub fn der(
        certificate: impl IntoIterator<Item = CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Self {
        Self::new(Certificates::Own(Vec::new())).and_der(certificate, key)
    }

    /// Everything as rustls has it, for what this type does not offer: another provider, certificates that are chosen
    /// otherwise, revocation lists. Without ALPN protocols of its own it offers `h2` and `http/1.1`; with them, those.
    ///
    /// Early data is a fault at boot: it can be replayed (RFC 8470).
    pub fn config(config: Arc<ServerConfig>) -> Self {
        Self::new(Certificates::Given(config))
    }

    /// Another certificate, for other names.
    pub fn and_files(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.and(Source::Pem {
            chain: Pem::File(certificate.into()),
            key: Pem::File(key.into()),
        })
    }

    /// Another certificate, for other names, from memory.
    pub fn and_pem(self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.and(Source::Pem {
            chain: Pem::Memory(certificate.as_ref().into()),
            key: Pem::Memory(key.as_ref().into()),
        })
    }

    /// Another certificate, for other names, in DER.
    pub fn and_der(
        self,
        certificate: impl IntoIterator<Item = CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Self {
        self.and(Source::Der(Arc::new((
            certificate.into_iter().collect(),
            key,
        ))))
    }

    /// Only clients with a certificate that one in this PEM file vouches for come in; the others get an alert. Handlers take it as
    /// [`ClientCertificate`](crate::extract::ClientCertificate). The file is renewed like the others.
    pub fn client_certificates(self, authorities: impl Into<PathBuf>) -> Self {
        self.clients(Pem::File(authorities.into()), true)
    }

    /// Clients may show a certificate that one in this PEM file vouches for. Those without come in too: handlers
    /// take `Option<ClientCertificate>`, or refuse with 403 by taking `ClientCertificate`.
    pub fn optional_client_certificates(self, authorities: impl Into<PathBuf>) -> Self {
        self.clients(Pem::File(authorities.into()), false)
    }

    /// As [`client_certificates`](Self::client_certificates), from memory.
    pub fn client_certificates_pem(self, authorities: impl AsRef<[u8]>) -> Self {
        self.clients(Pem::Memory(authorities.as_ref().into()), true)
    }

    /// As [`optional_client_certificates`](Self::optional_client_certificates), from memory.
    pub fn optional_client_certificates_pem(self, authorities: impl AsRef<[u8]>) -> Self {
        self.clients(Pem::Memory(authorities.as_ref().into()), false)
    }

    fn clients(mut self, authorities: Pem, required: bool) -> Self {
        self.clients = Some(Clients {
            authorities,
            required,
        });
        self
    }

    /// Clients that ask for a name which no certificate is for get an alert, instead of the first certificate. Those that ask for no
    /// name get the first all the same.
    pub fn refuse_other_names(mut self) -> Self {
        self.strict = true;
        self
    }

    /// How often files are looked at for a change (10 s); `Duration::ZERO` is never.
    pub fn look_every(mut self, interval: Duration) -> Self {
        self.look_every = interval;
        self
    }

    /// Reads everything as the boot does, and serves nothing.
    ///
    /// # Errors
    /// All that is wrong with certificates and keys.
    pub fn check(&self) -> Result<(), TlsError> {
        Secure::new(self.clone()).map(drop)
    }

    fn files_to_watch(&self) -> impl Iterator<Item = &PathBuf> {
        let sources = match &self.certificates {
            Certificates::Own(sources) => sources.as_slice(),
            Certificates::Given(_) | Certificates::Mixed => &[],
        };
        let authorities = self
            .clients
            .iter()
            .filter_map(|clients| match &clients.authorities {
                Pem::File(path) => Some(path),
                Pem::Memory(_) => None,
            });
        sources.iter().flat_map(Source::files).chain(authorities)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Tls");
        match &self.certificates {
            Certificates::Own(sources) => shown.field("certificates", sources),
            Certificates::Given(_) | Certificates::Mixed => {
                shown.field("certificates", &"a configuration of rustls")
            }
        };
        shown
            .field("clients", &self.clients)
            .finish_non_exhaustive()
    }
}
