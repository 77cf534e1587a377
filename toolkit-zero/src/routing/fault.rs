//! One thing that keeps a server from starting.

use std::fmt;

use super::Origin;

/// One thing that keeps a server from starting: what is wrong, where, and what to change.
///
/// `Display` is the whole text: a first line, the places, and a line that begins with `= help:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    what: String,
    places: Vec<(Origin, String)>,
    help: String,
}

impl Fault {
    pub(crate) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            places: Vec::new(),
            help: help.into(),
        }
    }

    /// Adds a declaration that is involved, and what it has to do with it.
    pub(crate) fn at(mut self, origin: Origin, role: impl Into<String>) -> Self {
        self.places.push((origin, role.into()));
        self
    }

    /// The first line: what is wrong.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Every declaration involved.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        self.places.iter().map(|(origin, _)| *origin)
    }

    /// What to change.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let longest = self
            .places
            .iter()
            .map(|(origin, _)| origin.to_string().len())
            .max()
            .unwrap_or(0);
        for (origin, role) in &self.places {
            write!(f, "\n  --> {:longest$}", origin.to_string())?;
            if !role.is_empty() {
                write!(f, "  {role}")?;
            }
        }
        if !self.help.is_empty() {
            write!(f, "\n   = help: {}", self.help)?;
        }
        Ok(())
    }
}
