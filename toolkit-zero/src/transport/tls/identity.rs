//! One certificate with its key: where they come from, and what can be wrong with them.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{Error, InconsistentKeys};
use webpki::EndEntityCert;

use super::error::Defect;

/// PEM text, from a file or from memory.
#[derive(Clone)]
pub(super) enum Pem {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

/// Where a certificate and its key come from.
#[derive(Clone)]
pub(super) enum Source {
    Pem { chain: Pem, key: Pem },
    Der(Arc<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>),
}

/// A certificate that can be served, and the names it is for.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) certified: Arc<CertifiedKey>,
    pub(super) names: Vec<String>,
    /// What clients will say about it, though it can be served.
    pub(super) remark: Option<String>,
}

impl Pem {
    /// What it is called in a sentence about `what` it should hold.
    pub(super) fn name(&self, what: &str) -> String {
        match self {
            Self::File(path) => format!("the {what} file `{}`", path.display()),
            Self::Memory(_) => format!("the {what} PEM that was given"),
        }
    }

    pub(super) fn read(&self, what: &str) -> Result<Arc<[u8]>, Defect> {
        match self {
            Self::Memory(text) => Ok(Arc::clone(text)),
            Self::File(path) => fs::read(path).map(Into::into).map_err(|error| {
                let help = if path.is_relative() {
                    let here = std::env::current_dir().unwrap_or_default();
                    format!("it is looked for in `{}`", here.display())
                } else {
                    "check the path, and that this user may read it".to_owned()
                };
                Defect::new(format!("{} cannot be read: {error}", self.name(what)), help)
            }),
        }
    }

    /// Every certificate in it, at least one.
    pub(super) fn certificates(&self, what: &str) -> Result<Vec<CertificateDer<'static>>, Defect> {
        let text = self.read(what)?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<_, _>>()
            .map_err(|error| self.broken(what, &error))?;
        if !chain.is_empty() {
            return Ok(chain);
        }
        let help = if PrivateKeyDer::from_pem_slice(&text).is_ok() || is_encrypted(&text) {
            "it holds a private key: are the two files swapped?"
        } else if text.is_empty() {
            "it is empty"
        } else {
            "it needs a `-----BEGIN CERTIFICATE-----` section (DER is turned into PEM by `openssl x509 -inform der`)"
        };
        Err(Defect::new(
            format!("{} holds no certificate", self.name(what)),
            help,
        ))
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, Defect> {
        let text = self.read("key")?;
        if is_encrypted(&text) {
            return Err(Defect::new(
                format!("the key in {} is encrypted", self.name("key")),
                "decrypt it with `openssl pkey -in encrypted.pem -out key.pem`, and let only this server's user read it",
            ));
        }
        PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
            if !matches!(error, pem::Error::NoItemsFound) {
                return self.broken("key", &error);
            }
            let help = if CertificateDer::from_pem_slice(&text).is_ok() {
                "it holds a certificate: are the two files swapped?"
            } else if text.is_empty() {
                "it is empty"
            } else {
                "it needs a `-----BEGIN PRIVATE KEY-----` section (PKCS #8), or one of `EC` or `RSA PRIVATE KEY`"
            };
            Defect::new(
                format!("{} holds no private key", self.name("key")),
                help,
            )
        })
    }

    fn broken(&self, what: &str, error: &pem::Error) -> Defect {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the others say it themselves"
        )]
        let error = match error {
            pem::Error::MissingSectionEnd { end_marker } => {
                format!(
                    "`{}` is missing",
                    String::from_utf8_lossy(end_marker).trim()
                )
            }
            other => other.to_string(),
        };
        Defect::new(
            format!("{} is broken: {error}", self.name(what)),
            "copy it again, from its first `-----BEGIN` to its last `-----END` line",
        )
    }
}

/// PKCS #8 and the older form of OpenSSL.
fn is_encrypted(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")
}

impl Source {
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let (chain, key) = match self {
            Self::Pem { chain, key } => (Some(chain), Some(key)),
            Self::Der(_) => (None, None),
        };
        [chain, key]
            .into_iter()
            .flatten()
            .filter_map(|pem| match pem {
                Pem::File(path) => Some(path),
                Pem::Memory(_) => None,
            })
    }

    /// What its certificate and its key are called in a sentence.
    fn names(&self) -> (String, String) {
        match self {
            Self::Pem { chain, key } => (chain.name("certificate"), key.name("key")),
            Self::Der(_) => (
                "the certificate DER that was given".to_owned(),
                "the key DER that was given".to_owned(),
            ),
        }
    }

    /// Reads both and checks that they belong together; `defects` are added to otherwise.
    pub(super) fn load(
        &self,
        provider: &CryptoProvider,
        defects: &mut Vec<Defect>,
    ) -> Option<Identity> {
        let (chain, key) = match self {
            Self::Der(both) => (Ok(both.0.clone()), Ok(both.1.clone_key())),
            Self::Pem { chain, key } => (chain.certificates("certificate"), key.key()),
        };
        let (chain, key) = match (chain, key) {
            (Ok(chain), Ok(key)) => (chain, key),
            (chain, key) => {
                defects.extend(chain.err());
                defects.extend(key.err());
                return None;
            }
        };
        match self.identity(chain, key, provider) {
            Ok(identity) => Some(identity),
            Err(defect) => {
                defects.push(defect);
                None
            }
        }
    }

    fn identity(
        &self,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        provider: &CryptoProvider,
    ) -> Result<Identity, Defect> {
        let (certificate_name, key_name) = self.names();
        let key = provider.key_provider.load_private_key(key).map_err(|error| {
            Defect::new(
                format!("the key in {key_name} cannot be used: {error}"),
                "use an ECDSA key (P-256, P-384), an Ed25519 key, or an RSA key of 2048 to 4096 bits",
            )
        })?;
        let Some(leaf) = chain.first() else {
            return Err(Defect::new(
                format!("{certificate_name} holds no certificate"),
                "give the server's certificate first, and then those that vouch for it",
            ));
        };
        let parsed = EndEntityCert::try_from(leaf).map_err(|error| {
            Defect::new(
                format!("the first certificate in {certificate_name} cannot be read: {error:?}"),
                "it has to be an X.509 certificate of version 3 (`openssl x509 -text` shows one)",
            )
        })?;
        let names = parsed
            .valid_dns_names()
            .map(str::to_ascii_lowercase)
            .collect();
        let remark =
            validity(&parsed).map(|what| format!("the certificate in {certificate_name} {what}"));
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            // A key that does not tell its public half is believed.
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(_) => return Err(mismatch(&certified, &certificate_name, &key_name)),
        }
        Ok(Identity {
            certified: Arc::new(certified),
            names,
            remark,
        })
    }
}

fn mismatch(certified: &CertifiedKey, certificate: &str, key: &str) -> Defect {
    let belongs = |other: &CertificateDer<'static>, key: &Arc<dyn SigningKey>| {
        CertifiedKey::new(vec![other.clone()], Arc::clone(key))
            .keys_match()
            .is_ok()
    };
    let later = certified
        .cert
        .iter()
        .skip(1)
        .position(|other| belongs(other, &certified.key));
    match later {
        Some(index) => Defect::new(
            format!(
                "the key in {key} belongs to certificate {} in {certificate}, not to the first",
                index + 2
            ),
            "put the server's certificate first, and then those that vouch for it",
        ),
        None => Defect::new(
            format!("the key in {key} does not belong to the certificate in {certificate}"),
            "give the two that were made together (`openssl pkey -pubout` and `openssl x509 -pubkey -noout` print the same)",
        ),
    }
}

/// What is wrong with the time of a certificate now. It is the first thing that webpki looks at, so nothing has to vouch
/// for it here.
fn validity(certificate: &EndEntityCert<'_>) -> Option<String> {
    let date = |time: UnixTime| {
        let since = std::time::Duration::from_secs(time.as_secs());
        httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
    };
    let usage = webpki::KeyUsage::server_auth();
    let checked = certificate.verify_for_usage(&[], &[], &[], UnixTime::now(), usage, None, None);
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "nobody vouches for it here, which is another error"
    )]
    match checked.err()? {
        webpki::Error::CertExpired { not_after, .. } => Some(format!(
            "expired on {}: clients will refuse it until it is renewed",
            date(not_after)
        )),
        webpki::Error::CertNotValidYet { not_before, .. } => Some(format!(
            "is not valid before {}: clients will refuse it until then, or this machine's clock is wrong",
            date(not_before)
        )),
        _ => None,
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (certificate, key) = self.names();
        write!(f, "{certificate}, {key}")
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name("PEM"))
    }
}
