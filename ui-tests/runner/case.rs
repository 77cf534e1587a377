//! A program and what it expects.

use std::fs;
use std::path::Path;

/// A program, with the directives at its head: `//@ words: rustc` (the text is rustc's: only its first line and the place
/// are compared, on the pinned compiler), `//@ errors: 2` (others have one), `//@ noise: originates in` (tolerated), `//@ edition: 2021`, `//@ crate: web` (the
/// dependency has this name).
#[derive(Debug)]
pub(crate) struct Case {
    /// Relative to this package.
    pub(crate) path: String,
    pub(crate) words_of_rustc: bool,
    /// Words that no way was found to keep out.
    pub(crate) noise: String,
    pub(crate) errors: usize,
    pub(crate) edition: String,
    pub(crate) dependency: String,
}

impl Case {
    /// The programs of a folder, or those of them that `UI_CASE` names.
    pub(crate) fn all(folder: &str) -> Vec<Self> {
        let named = std::env::var("UI_CASE").unwrap_or_default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = fs::read_dir(root.join(folder)).expect("the folder is a directory");
        let mut paths: Vec<String> = files
            .filter_map(|file| file.ok()?.file_name().into_string().ok())
            .filter(|file| file.ends_with(".rs"))
            .map(|file| format!("{folder}/{file}"))
            .filter(|path| path.contains(&named))
            .collect();
        paths.sort();
        paths
            .into_iter()
            .map(|path| Self::read(root, path))
            .collect()
    }

    fn read(root: &Path, path: String) -> Self {
        let text = fs::read_to_string(root.join(&path)).expect("the case can be read");
        let directive = |name: &str| {
            let mut lines = text.lines().map_while(|line| line.strip_prefix("//@ "));
            lines.find_map(|line| {
                line.strip_prefix(name)?
                    .strip_prefix(": ")
                    .map(str::to_owned)
            })
        };
        Self {
            words_of_rustc: directive("words").is_some(),
            noise: directive("noise").unwrap_or_default(),
            errors: directive("errors").map_or(1, |count| count.parse().expect("a number")),
            edition: directive("edition").unwrap_or_else(|| "2024".to_owned()),
            dependency: directive("crate").unwrap_or_else(|| "toolkit_zero".to_owned()),
            path,
        }
    }

    /// What the program is told.
    pub(crate) fn expected(&self) -> String {
        fs::read_to_string(self.expectation()).unwrap_or_default()
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(self.expectation(), text).expect("the expectation can be written");
    }

    fn expectation(&self) -> String {
        format!(
            "{}/{}",
            env!("CARGO_MANIFEST_DIR"),
            self.path.replace(".rs", ".stderr")
        )
    }
}
