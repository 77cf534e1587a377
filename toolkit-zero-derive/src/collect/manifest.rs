//! `Cargo.toml`, as far as it says which crates may bring routes.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// One manifest and where it was read.
pub(crate) struct Manifest {
    pub(crate) directory: PathBuf,
    table: Table,
}

/// One entry of a dependency table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The key: what Rust calls it, `-` for `_`.
    pub(crate) key: String,
    pub(crate) package: String,
    pub(crate) path: Option<PathBuf>,
    pub(crate) optional: bool,
    /// The `cfg(..)` or the triple of `[target.'..'.dependencies]`.
    pub(crate) target: Option<String>,
    /// From `[dev-dependencies]`: it may be named, it is never mounted by itself.
    pub(crate) development: bool,
}

impl Manifest {
    /// Reads `Cargo.toml` in `directory`; a packaged one has lost its paths, so its original comes first.
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let packaged = directory.join("Cargo.toml.orig");
        let file = if packaged.is_file() {
            packaged
        } else {
            directory.join("Cargo.toml")
        };
        Self::parse(directory, &std::fs::read_to_string(file).ok()?)
    }

    pub(crate) fn parse(directory: &Path, text: &str) -> Option<Self> {
        Some(Self {
            directory: directory.to_path_buf(),
            table: text.parse().ok()?,
        })
    }

    pub(crate) fn package(&self) -> Option<&str> {
        self.table.get("package")?.get("name")?.as_str()
    }

    /// What Rust calls the library of this package; `None` if it has none that Rust can link.
    pub(crate) fn library(&self) -> Option<String> {
        let section = self.table.get("lib");
        let says = |key: &str| section.and_then(|section| section.get(key));
        let source = says("path").and_then(Value::as_str).unwrap_or("src/lib.rs");
        let macros = says("proc-macro")
            .or_else(|| says("proc_macro"))
            .and_then(Value::as_bool);
        let kinds = says("crate-type")
            .or_else(|| says("crate_type"))
            .and_then(Value::as_array);
        let linkable = kinds.is_none_or(|kinds| {
            kinds
                .iter()
                .filter_map(Value::as_str)
                .any(|kind| matches!(kind, "lib" | "rlib" | "dylib"))
        });
        if macros == Some(true) || !linkable || !self.directory.join(source).is_file() {
            return None;
        }
        let name = says("name")
            .and_then(Value::as_str)
            .or_else(|| self.package())?;
        Some(name.replace('-', "_"))
    }

    /// All dependencies, with what they inherit from `workspace` filled in.
    pub(crate) fn dependencies(&self, workspace: Option<&Self>) -> Vec<Dependency> {
        let mut found = Vec::new();
        self.collect(&self.table, None, workspace, &mut found);
        for (target, tables) in self
            .table
            .get("target")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            if let Some(tables) = tables.as_table() {
                self.collect(tables, Some(target), workspace, &mut found);
            }
        }
        found
    }

    fn collect(
        &self,
        tables: &Table,
        target: Option<&str>,
        workspace: Option<&Self>,
        found: &mut Vec<Dependency>,
    ) {
        for (section, development) in [("dependencies", false), ("dev-dependencies", true)] {
            let entries = tables
                .get(section)
                .and_then(Value::as_table)
                .into_iter()
                .flatten();
            found.extend(entries.map(|(key, entry)| Dependency {
                target: target.map(str::to_owned),
                development,
                ..self.dependency(key, entry, workspace)
            }));
        }
    }

    fn dependency(&self, key: &str, entry: &Value, workspace: Option<&Self>) -> Dependency {
        let inherits = entry.get("workspace").and_then(Value::as_bool) == Some(true);
        let inherited = workspace.filter(|_| inherits).and_then(|root| {
            let shared = root.table.get("workspace")?.get("dependencies")?.get(key)?;
            Some((shared, root.directory.as_path()))
        });
        let (source, base) = inherited.unwrap_or((entry, self.directory.as_path()));
        let text = |name: &str| source.get(name).and_then(Value::as_str);
        Dependency {
            key: key.to_owned(),
            package: text("package").unwrap_or(key).to_owned(),
            path: text("path").map(|path| base.join(path)),
            optional: entry.get("optional").and_then(Value::as_bool) == Some(true),
            target: None,
            development: false,
        }
    }

    /// The features that turn the optional dependency `key` on, sorted.
    pub(crate) fn features_of(&self, key: &str) -> Vec<String> {
        let table = self.table.get("features").and_then(Value::as_table);
        let mut features = Vec::new();
        let mut explicit = false;
        for (feature, enables) in table.into_iter().flatten() {
            let mut turns_on = false;
            for enabled in enables
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                explicit |= enabled.strip_prefix("dep:") == Some(key);
                turns_on |= enabled.strip_prefix("dep:") == Some(key)
                    || enabled == key
                    || enabled
                        .split_once('/')
                        .is_some_and(|(dependency, _)| dependency == key);
            }
            if turns_on {
                features.push(feature.clone());
            }
        }
        if !explicit && !features.iter().any(|feature| feature == key) {
            features.push(key.to_owned());
        }
        features.sort();
        features
    }

    fn is_root(&self) -> bool {
        self.table.contains_key("workspace")
    }

    /// Does this root claim a package in `directory`?
    fn claims(&self, directory: &Path) -> bool {
        let excluded = self
            .table
            .get("workspace")
            .and_then(|workspace| workspace.get("exclude"));
        let excluded = excluded
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        self.is_root()
            && !excluded
                .into_iter()
                .any(|path| directory.starts_with(self.directory.join(path)))
    }

    /// The root of the workspace this package is in, found as cargo does: named, or upwards.
    pub(crate) fn workspace(&self) -> Option<Self> {
        let named = self
            .table
            .get("package")
            .and_then(|package| package.get("workspace"))
            .and_then(Value::as_str);
        if let Some(root) = named {
            return Self::read(&normal(&self.directory.join(root)));
        }
        let directory = normal(&self.directory);
        let roots = directory.ancestors().filter_map(Self::read);
        roots
            .into_iter()
            .find(Self::is_root)
            .filter(|root| root.claims(&directory))
    }
}

/// The path without `..` and links, so that two ways to one place are equal.
pub(crate) fn normal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
