//! What is wrong with certificates and keys.

use std::fmt;

/// Why certificates or keys cannot be used: everything that is wrong with them, at once.
///
/// `Display` has one sentence for each, with the file it is about and what to do.
///
/// ```
/// use toolkit_zero::server::Tls;
///
/// let error = Tls::files("no-such.pem", "no-such.key").check().unwrap_err();
/// assert!(error.to_string().starts_with("the certificate file `no-such.pem` cannot be read"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsError {
    defects: Vec<Defect>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defect {
    pub(crate) what: String,
    pub(crate) help: String,
}

impl Defect {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
        }
    }
}

impl TlsError {
    pub(super) fn new(defects: Vec<Defect>) -> Self {
        Self { defects }
    }

    pub(crate) fn defects(&self) -> &[Defect] {
        &self.defects
    }
}

impl From<Defect> for TlsError {
    fn from(defect: Defect) -> Self {
        Self::new(vec![defect])
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Defect { what, help }) in self.defects.iter().enumerate() {
            let between = if index == 0 { "" } else { "\n" };
            write!(f, "{between}{what}; {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TlsError {}
