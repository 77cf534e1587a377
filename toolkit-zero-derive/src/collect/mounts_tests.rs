use std::fs;

use super::*;

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("toolkit-zero-derive-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A package with a library of its own.
    fn package(&self, path: &str, manifest: &str) -> PathBuf {
        let directory = self.0.join(path);
        fs::create_dir_all(directory.join("src")).unwrap();
        fs::write(directory.join("src/lib.rs"), "").unwrap();
        fs::write(directory.join("Cargo.toml"), manifest).unwrap();
        directory
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

const USES_US: &str = "[dependencies]\ntoolkit-zero = \"0.1\"\n";

fn package(directory: &Path, crate_name: &str, is_other_target: bool) -> Package {
    let unit = Unit {
        crate_name: crate_name.to_owned(),
        is_other_target,
    };
    Package::at(Some(directory), unit, "app".to_owned())
}

fn names(package: &Package) -> Vec<String> {
    package
        .neighbours()
        .into_iter()
        .map(|neighbour| neighbour.name)
        .collect()
}

#[test]
fn direct_path_dependencies_of_the_workspace_are_neighbours() {
    let folder = Folder::new("neighbours");
    fs::write(
        folder.0.join("Cargo.toml"),
        "[workspace]\nexclude = [\"excluded\"]\n[workspace.dependencies]\nshared = { path = \"shared\" }\n",
    )
    .unwrap();
    for name in ["users-api", "shared", "excluded"] {
        folder.package(name, &format!("[package]\nname = \"{name}\"\n{USES_US}"));
    }
    folder.package(
        "renamed",
        &format!("[package]\nname = \"renamed\"\n[lib]\nname = \"other_name\"\n{USES_US}"),
    );
    folder.package(
        "named-lib",
        &format!("[package]\nname = \"named-lib\"\n[lib]\nname = \"fancy\"\n{USES_US}"),
    );
    folder.package("plain", "[package]\nname = \"plain\"\n");
    folder.package(
        "macros",
        &format!("[package]\nname = \"macros\"\n[lib]\nproc-macro = true\n{USES_US}"),
    );
    folder.package(
        "c-only",
        &format!("[package]\nname = \"c-only\"\n[lib]\ncrate-type = [\"cdylib\"]\n{USES_US}"),
    );
    let app = folder.package(
        "app",
        "[package]\nname = \"app\"\n[dependencies]\nusers-api = { path = \"../users-api\" }\nshared.workspace = true\n\
         excluded = { path = \"../excluded\" }\nnew = { package = \"renamed\", path = \"../renamed\" }\n\
         named-lib = { path = \"../named-lib\" }\nplain = { path = \"../plain\" }\nmacros = { path = \"../macros\" }\n\
         c-only = { path = \"../c-only\" }\nserde = \"1\"\n[dev-dependencies]\ndev = { path = \"../shared\" }\n",
    );
    let package = package(&app, "app", true);
    assert_eq!(names(&package), ["fancy", "new", "shared", "users_api"]);
    assert!(matches!(package.named("new"), Named::Package(package) if package == "renamed"));
    assert!(matches!(package.named("serde"), Named::Package(_)));
    assert!(matches!(package.named("app"), Named::Package(package) if package == "app"));
    assert!(matches!(package.named("nobody"), Named::Unknown));
}

#[test]
fn without_a_workspace_path_dependencies_are_neighbours_too() {
    let folder = Folder::new("alone");
    folder.package("users", &format!("[package]\nname = \"users\"\n{USES_US}"));
    let app = folder.package(
        "app",
        "[package]\nname = \"app\"\n[dependencies]\nusers = { path = \"../users\" }\n",
    );
    assert_eq!(names(&package(&app, "app", true)), ["users"]);
}

#[test]
fn a_packaged_manifest_is_read_from_its_original() {
    let folder = Folder::new("packaged");
    let app = folder.package(
        "app",
        "[package]\nname = \"app\"\n[dependencies]\nusers = \"1\"\n",
    );
    assert!(names(&package(&app, "app", true)).is_empty());
    folder.package("users", &format!("[package]\nname = \"users\"\n{USES_US}"));
    fs::write(
        app.join("Cargo.toml.orig"),
        "[package]\nname = \"app\"\n[dependencies]\nusers = { path = \"../users\" }\n",
    )
    .unwrap();
    assert_eq!(names(&package(&app, "app", true)), ["users"]);
}

#[test]
fn the_library_is_linked_by_everything_but_itself() {
    let folder = Folder::new("own");
    let app = folder.package("app", "[package]\nname = \"my-app\"\n");
    assert_eq!(package(&app, "my_app", false).own_library(), None);
    assert_eq!(
        package(&app, "my_app", true).own_library().as_deref(),
        Some("my_app")
    );
    assert_eq!(
        package(&app, "my_test", false).own_library().as_deref(),
        Some("my_app")
    );
}

#[test]
fn optional_and_target_specific_ones_keep_their_condition() {
    let folder = Folder::new("optional");
    for name in ["one", "two", "three"] {
        folder.package(name, &format!("[package]\nname = \"{name}\"\n{USES_US}"));
    }
    let app = folder.package(
        "app",
        "[package]\nname = \"app\"\n[features]\nfull = [\"dep:one\"]\nextra = [\"two/x\"]\nweak = [\"two?/y\"]\n\
         [dependencies]\none = { path = \"../one\", optional = true }\ntwo = { path = \"../two\", optional = true }\n\
         [target.'cfg(unix)'.dependencies]\nthree = { path = \"../three\" }\n",
    );
    let found = package(&app, "app", true).neighbours();
    let condition = |name: &str| {
        let neighbour = found
            .iter()
            .find(|neighbour| neighbour.name == name)
            .unwrap();
        neighbour.conditions.clone()
    };
    let features = |features: &[&str]| {
        features
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        condition("one"),
        [Condition {
            features: features(&["full"]),
            target: None
        }]
    );
    assert_eq!(
        condition("two"),
        [Condition {
            features: features(&["extra", "two"]),
            target: None
        }]
    );
    assert_eq!(
        condition("three"),
        [Condition {
            features: Vec::new(),
            target: Some("unix".to_owned())
        }]
    );
}
