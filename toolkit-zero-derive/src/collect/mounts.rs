//! Which crates are linked and mounted: DESIGN section 6, decided from manifests.

use std::path::{Path, PathBuf};

use crate::collect::manifest::{Dependency, Manifest, normal};

/// The package whose entry point is being compiled.
pub(crate) struct Package {
    pub(crate) name: String,
    manifest: Option<Manifest>,
    workspace: Option<Manifest>,
    unit: Unit,
}

/// What is being compiled, as cargo tells rustc.
#[derive(Clone, Default)]
pub(crate) struct Unit {
    pub(crate) crate_name: String,
    /// A library is compiled without any of these; a binary, a test or an example of its name is not it.
    pub(crate) is_other_target: bool,
}

/// A crate that brings routes without being named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// What Rust calls it.
    pub(crate) name: String,
    pub(crate) package: String,
    /// Its routes are mounted, and not only reported.
    pub(crate) is_mounted: bool,
    /// Under which of these it is there: alternatives, each a feature or a `cfg(..)`; none means always.
    pub(crate) conditions: Vec<Condition>,
}

/// One way in which a dependency is there: all parts hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Any of these features; empty if it is not optional.
    pub(crate) features: Vec<String>,
    /// The predicate inside of `cfg(..)`.
    pub(crate) target: Option<String>,
}

/// The dependency that a crate named by the user is.
pub(crate) enum Named {
    Package(String),
    /// The manifest does not have it.
    Unknown,
}

impl Package {
    /// The package that cargo is compiling; without cargo, one that knows no neighbours.
    pub(crate) fn current() -> Self {
        let set = |name: &str| std::env::var(name).ok();
        let unit = Unit {
            crate_name: set("CARGO_CRATE_NAME").unwrap_or_default(),
            is_other_target: [
                "CARGO_BIN_NAME",
                "CARGO_TARGET_TMPDIR",
                "UNSTABLE_RUSTDOC_TEST_PATH",
            ]
            .iter()
            .any(|name| std::env::var_os(name).is_some()),
        };
        let directory = set("CARGO_MANIFEST_DIR").map(PathBuf::from);
        Self::at(
            directory.as_deref(),
            unit,
            set("CARGO_PKG_NAME").unwrap_or_default(),
        )
    }

    pub(crate) fn at(directory: Option<&Path>, unit: Unit, name: String) -> Self {
        let manifest = directory.and_then(Manifest::read);
        let workspace = manifest.as_ref().and_then(Manifest::workspace);
        Self {
            name,
            manifest,
            workspace,
            unit,
        }
    }

    /// Was there a manifest to read?
    pub(crate) fn is_known(&self) -> bool {
        self.manifest.is_some()
    }

    /// The package's own library, if it is not what is being compiled.
    pub(crate) fn own_library(&self) -> Option<String> {
        let library = self.manifest.as_ref()?.library()?;
        let is_it = library == self.unit.crate_name && !self.unit.is_other_target;
        (!is_it).then_some(library)
    }

    /// The direct path dependencies in the same workspace that can have routes.
    pub(crate) fn neighbours(&self) -> Vec<Neighbour> {
        let Some(manifest) = &self.manifest else {
            return Vec::new();
        };
        let mut neighbours: Vec<Neighbour> = Vec::new();
        for dependency in manifest.dependencies(self.workspace.as_ref()) {
            let Some(condition) = condition(&dependency, manifest) else {
                continue;
            };
            let Some((name, is_mounted)) = self.linkable(&dependency) else {
                continue;
            };
            if let Some(known) = neighbours.iter_mut().find(|known| known.name == name) {
                known.conditions.push(condition);
                continue;
            }
            neighbours.push(Neighbour {
                name,
                package: dependency.package,
                is_mounted,
                conditions: vec![condition],
            });
        }
        for neighbour in &mut neighbours {
            if neighbour.conditions.iter().any(Condition::always_holds) {
                neighbour.conditions.clear();
            }
        }
        neighbours.sort_by(|one, other| one.name.cmp(&other.name));
        neighbours
    }

    /// Dependencies of a packaged build that may have routes, but whose manifests are not to be found.
    pub(crate) fn unseen(&self) -> Vec<String> {
        let Some(manifest) = self
            .manifest
            .as_ref()
            .filter(|manifest| manifest.is_packaged)
        else {
            return Vec::new();
        };
        let is_unseen = |dependency: &Dependency| {
            let is_always = !dependency.development
                && !dependency.optional
                && dependency.target.is_none()
                && !is_us(dependency);
            is_always && dependency.path.is_some() && manifest_of(dependency, manifest).is_none()
        };
        let mut unseen: Vec<String> = manifest
            .dependencies(self.workspace.as_ref())
            .into_iter()
            .filter(is_unseen)
            .map(|dependency| dependency.package)
            .collect();
        unseen.sort();
        unseen
    }

    /// What Rust calls the dependency, if it is linked without a word; and whether its routes are mounted then.
    fn linkable(&self, dependency: &Dependency) -> Option<(String, bool)> {
        if dependency.development || is_us(dependency) {
            return None;
        }
        let theirs = manifest_of(dependency, self.manifest.as_ref()?)?;
        let workspace = theirs.workspace();
        let root =
            |workspace: &Option<Manifest>| workspace.as_ref().map(|root| normal(&root.directory));
        if root(&workspace) != root(&self.workspace) {
            return None;
        }
        let library = theirs.library()?;
        let uses_us = theirs
            .dependencies(workspace.as_ref())
            .iter()
            .any(|dependency| !dependency.development && is_us(dependency));
        // Only the workspace could say whether an orphan is one of its members: its routes are linked, so that the start
        // report has them.
        uses_us.then(|| {
            let name = rust_name(dependency, Some(&library));
            (name, !dependency.is_orphan)
        })
    }

    /// What the manifest knows about the crate that Rust calls `name`.
    pub(crate) fn named(&self, name: &str) -> Named {
        let Some(manifest) = &self.manifest else {
            return Named::Package(name.replace('_', "-"));
        };
        if manifest.library().as_deref() == Some(name) {
            return Named::Package(self.name.clone());
        }
        let dependencies = manifest.dependencies(self.workspace.as_ref());
        let found = dependencies.into_iter().find(|dependency| {
            let library = manifest_of(dependency, manifest).and_then(|manifest| manifest.library());
            rust_name(dependency, library.as_deref()) == name
        });
        found.map_or(Named::Unknown, |dependency| {
            Named::Package(dependency.package)
        })
    }
}

impl Condition {
    fn always_holds(&self) -> bool {
        self.features.is_empty() && self.target.is_none()
    }
}

/// The manifest of a path dependency. A packaged build has lost the path; the registry and a vendor folder keep the
/// package beside the one that depends on it.
fn manifest_of(dependency: &Dependency, dependent: &Manifest) -> Option<Manifest> {
    let is_it = |manifest: &Manifest| manifest.package() == Some(dependency.package.as_str());
    let path = dependency.path.as_deref();
    let there = path.and_then(Manifest::read).filter(is_it);
    let is_lost = path.is_some() || dependency.is_orphan;
    if there.is_some() || !dependent.is_packaged || !is_lost {
        return there;
    }
    let beside = std::fs::read_dir(dependent.directory.parent()?).ok()?;
    let named = |name: &str| {
        let version = name.strip_prefix(dependency.package.as_str());
        version.is_some_and(|version| version.is_empty() || version.starts_with('-'))
    };
    beside
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(named))
        .filter_map(|entry| Manifest::read(&entry.path()))
        .find(is_it)
}

fn is_us(dependency: &Dependency) -> bool {
    dependency.package == "toolkit-zero"
}

/// A rename wins over the name of the library, as for cargo.
fn rust_name(dependency: &Dependency, library: Option<&str>) -> String {
    let renamed = dependency.key != dependency.package;
    let key = dependency.key.replace('-', "_");
    if renamed {
        key
    } else {
        library.map_or(key, str::to_owned)
    }
}

/// When the dependency is there; `None` for a target triple, which no `cfg` can ask for.
fn condition(dependency: &Dependency, manifest: &Manifest) -> Option<Condition> {
    let target = match &dependency.target {
        Some(target) => Some(target.strip_prefix("cfg(")?.strip_suffix(')')?.to_owned()),
        None => None,
    };
    let features = if dependency.optional {
        manifest.features_of(&dependency.key)
    } else {
        Vec::new()
    };
    Some(Condition { features, target })
}

#[cfg(test)]
#[path = "mounts_tests.rs"]
mod tests;
