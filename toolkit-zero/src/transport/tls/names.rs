//! Which certificate a client is shown.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::identity::Identity;

/// Which certificate a client is shown, by the name it asks for (SNI, RFC 6066 section 3).
///
/// Of two certificates for one name the first holds; a name itself beats `*.` and its parent.
#[derive(Debug)]
pub(super) struct Names {
    by_name: HashMap<String, Arc<CertifiedKey>>,
    first: Option<Arc<CertifiedKey>>,
    /// A name that no certificate is for is refused. A client that asks for none is shown the first.
    strict: bool,
}

impl Names {
    pub(super) fn new(identities: &[Identity], strict: bool) -> Self {
        let mut by_name = HashMap::new();
        // One that is shown to all is not searched for.
        let chosen_from = if strict || identities.len() > 1 {
            identities
        } else {
            &[]
        };
        for identity in chosen_from {
            for name in &identity.names {
                by_name
                    .entry(name.clone())
                    .or_insert_with(|| Arc::clone(&identity.certified));
            }
        }
        Self {
            by_name,
            first: identities
                .first()
                .map(|identity| Arc::clone(&identity.certified)),
            strict,
        }
    }

    fn find(&self, name: &str) -> Option<&Arc<CertifiedKey>> {
        if self.by_name.is_empty() {
            return None;
        }
        let name = name.to_ascii_lowercase();
        self.by_name.get(&name).or_else(|| {
            let (_, parent) = name.split_once('.')?;
            self.by_name.get(&format!("*.{parent}"))
        })
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let chosen = match hello.server_name() {
            None => self.first.as_ref(),
            Some(name) => {
                let other = self.first.as_ref().filter(|_| !self.strict);
                self.find(name).or(other)
            }
        };
        chosen.cloned()
    }
}
