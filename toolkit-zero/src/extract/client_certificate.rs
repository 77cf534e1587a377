//! Whom a client is, by the certificate it has shown.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use rustls::pki_types::CertificateDer;

use super::{FromRequest, Request};
use crate::reply::Problem;

/// The certificate that the client has shown in the TLS handshake, which an authority of
/// [`Tls::client_certificates`](crate::server::Tls::client_certificates) vouches for.
///
/// A request without one is refused with 403; `Option<ClientCertificate>` is `None` then. What it says is DER (RFC 5280), for a
/// parser such as `x509-parser`.
///
/// ```
/// use toolkit_zero::extract::ClientCertificate;
/// use toolkit_zero::prelude::*;
///
/// #[get("/partners/orders")]
/// async fn orders(certificate: ClientCertificate) -> String {
///     format!("{} bytes of certificate", certificate.der().len())
/// }
/// # fn main() {}
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate(Arc<[CertificateDer<'static>]>);

impl ClientCertificate {
    /// The client's own certificate.
    pub fn der(&self) -> &[u8] {
        self.0.first().map_or(&[], |certificate| certificate)
    }

    /// What the client has sent: its own certificate first, then those that vouch for it, as far as it sent them.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.0
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for ClientCertificate {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        request.certificates().map(Self).ok_or_else(|| {
            Problem::new(StatusCode::FORBIDDEN)
                .detail("this needs a client certificate, and none was shown")
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        Ok(request.certificates().map(Self))
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.0.iter().map(|certificate| certificate.len());
        f.write_str("ClientCertificate")?;
        f.debug_list().entries(lengths).finish()
    }
}
