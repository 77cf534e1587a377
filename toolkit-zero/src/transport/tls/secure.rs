//! The certificates in force, and how others take their place.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::runtime::Handle;

use super::error::{Defect, TlsError};
use super::names::Names;
use super::session::Session;
use super::{Certificates, Clients, Tls};
use crate::transport::tasks;

/// The certificates in force. A connection takes all of them at once, in one value, so no pair is ever torn.
pub(crate) struct Secure {
    tls: Tls,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<Seen>,
}

/// What the files were when they were read last.
#[derive(Default)]
struct Seen {
    files: Vec<Option<File>>,
    /// They could not be used: they are read again though nothing else changes.
    error: Option<TlsError>,
    remarks: Vec<String>,
}

/// What changes with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct File {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl File {
    fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: metadata.ino(),
            #[cfg(not(unix))]
            inode: 0,
        })
    }
}

impl Secure {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// All that is wrong.
    pub(crate) fn new(tls: Tls) -> Result<Arc<Self>, TlsError> {
        let files = files(&tls);
        let (config, remarks) = load(&tls)?;
        Ok(Arc::new(Self {
            tls,
            config: ArcSwap::new(config),
            seen: Mutex::new(Seen {
                files,
                error: None,
                remarks,
            }),
        }))
    }

    /// What clients will say about certificates that can be served.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remarks.clone()
    }

    /// Reads everything again. Connections that begin from now on get what was read.
    ///
    /// # Errors
    /// All that is wrong; what was served goes on being served, and files are looked at again.
    pub(crate) fn reload(&self) -> Result<(), TlsError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.reload_into(&mut seen)
    }

    fn reload_into(&self, seen: &mut Seen) -> Result<(), TlsError> {
        // Noted before they are read: a change while they are is seen at the next look.
        seen.files = files(&self.tls);
        match load(&self.tls) {
            Ok((config, remarks)) => {
                self.config.store(config);
                for remark in &remarks {
                    tracing::warn!("{remark}");
                }
                seen.error = None;
                seen.remarks = remarks;
                Ok(())
            }
            Err(error) => {
                seen.error = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Reads the files again if one has changed, or could not be used.
    fn look(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.error.is_none() && seen.files == files(&self.tls) {
            return;
        }
        let known = seen.error.clone();
        match self.reload_into(&mut seen) {
            Ok(()) => tracing::info!("certificates were read again"),
            Err(error) if Some(&error) == known.as_ref() => {}
            Err(error) => {
                tracing::warn!("{error}; the certificates read before go on being served");
            }
        }
    }

    /// Looks at the files from time to time, as long as it is in use.
    pub(crate) fn watch(self: &Arc<Self>, runtime: &Handle) {
        let interval = self.tls.look_every;
        if interval.is_zero() || self.tls.files_to_watch().next().is_none() {
            return;
        }
        let secure = Arc::downgrade(self);
        tasks::spawn_on(runtime, async move {
            loop {
                tokio::time::sleep(interval).await;
                let Some(secure) = secure.upgrade() else {
                    return;
                };
                // A file system may keep its caller waiting.
                let looked = tokio::task::spawn_blocking(move || secure.look()).await;
                if let Err(error) = looked {
                    tracing::error!(%error, "the files of certificates are looked at no more");
                    return;
                }
            }
        });
    }

    /// TLS for one connection, with what is in force now.
    pub(in super::super) fn session(&self) -> Result<Session, rustls::Error> {
        Session::new(self.config.load_full())
    }
}

fn files(tls: &Tls) -> Vec<Option<File>> {
    tls.files_to_watch().map(|path| File::of(path)).collect()
}

/// What is served, and what clients will say about it.
fn load(tls: &Tls) -> Result<(Arc<ServerConfig>, Vec<String>), TlsError> {
    let sources = match &tls.certificates {
        Certificates::Own(sources) => sources,
        Certificates::Given(config) => {
            return given(tls, config).map(|config| (config, Vec::new()));
        }
        Certificates::Mixed => {
            return Err(TlsError::from(Defect::new(
                "a rustls configuration has its certificates, and others were added to it",
                "give all of them to `with_cert_resolver` there, or all of them here",
            )));
        }
    };
    let provider = Arc::new(ring::default_provider());
    let mut defects = Vec::new();
    let identities: Vec<_> = sources
        .iter()
        .filter_map(|source| source.load(&provider, &mut defects))
        .collect();
    let verifier = tls
        .clients
        .as_ref()
        .map(|clients| clients.verifier(&provider))
        .transpose();
    let verifier = match verifier {
        Ok(verifier) if defects.is_empty() => verifier,
        verifier => {
            defects.extend(verifier.err());
            return Err(TlsError::new(defects));
        }
    };
    let unusable = |error: rustls::Error| {
        TlsError::from(Defect::new(
            format!("TLS cannot be set up: {error}"),
            "this is a fault of toolkit-zero; please report it",
        ))
    };
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let names = Names::new(&identities, tls.strict);
    let mut config = builder.with_cert_resolver(Arc::new(names));
    config.alpn_protocols = protocols();
    // Clients resume without a memory of ours. Its key is made anew with the certificates: nobody resumes past a change
    // of who vouches for clients.
    config.ticketer = ring::Ticketer::new().map_err(unusable)?;
    let remarks = identities
        .into_iter()
        .filter_map(|identity| identity.remark)
        .collect();
    Ok((Arc::new(config), remarks))
}

fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

/// A configuration of the program's own.
fn given(tls: &Tls, config: &Arc<ServerConfig>) -> Result<Arc<ServerConfig>, TlsError> {
    let mut defects = Vec::new();
    if config.max_early_data_size > 0 {
        defects.push(Defect::new(
            "the rustls configuration accepts early data, which can be replayed (RFC 8470)",
            "leave its `max_early_data_size` at 0",
        ));
    }
    if tls.clients.is_some() || tls.strict {
        defects.push(Defect::new(
            "a rustls configuration decides by itself which clients and which names come in",
            "say it there, or give certificates by `Tls::files`",
        ));
    }
    if !defects.is_empty() {
        return Err(TlsError::new(defects));
    }
    if !config.alpn_protocols.is_empty() {
        return Ok(Arc::clone(config));
    }
    let mut config = ServerConfig::clone(config);
    config.alpn_protocols = protocols();
    Ok(Arc::new(config))
}

impl Clients {
    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, Defect> {
        let name = self.authorities.name("client authority");
        let unusable = |error: &dyn fmt::Display| {
            Defect::new(
                format!("{name} cannot be used: {error}"),
                "it has to hold the certificates of those who vouch for clients, not those of the clients",
            )
        };
        let mut roots = RootCertStore::empty();
        for certificate in self.authorities.certificates("client authority")? {
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let builder = if self.required {
            builder
        } else {
            builder.allow_unauthenticated()
        };
        builder.build().map_err(|error| unusable(&error))
    }
}

impl fmt::Debug for Secure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secure({:?})", self.tls)
    }
}
