//! rustc, called by hand with what cargo has built.
//!
//! trybuild builds all dependencies again and compares whole texts; here a case costs a third of a second, may have an edition
//! and a name of the dependency of its own, and is read as data.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

use crate::case::Case;
use crate::report::Told;

/// The compiler whose words the expectations have.
pub(crate) const RUSTC: &str = "1.95";

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub(crate) struct Compiler {
    rustc: PathBuf,
    version: String,
    /// Where cargo keeps what it has built.
    deps: PathBuf,
    /// The crates that cases name, and their files.
    crates: Vec<(String, PathBuf)>,
    out: PathBuf,
}

impl Compiler {
    pub(crate) fn get() -> &'static Self {
        static COMPILER: OnceLock<Compiler> = OnceLock::new();
        COMPILER.get_or_init(Self::find)
    }

    /// Asks cargo for the files of the dependencies; they are built already, or are built now.
    fn find() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let mut command = Command::new(cargo);
        command.args([
            "build",
            "--tests",
            "--message-format=json",
            "--quiet",
            "-p",
            "ui-tests",
        ]);
        let output = command.current_dir(ROOT).output().expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let crates: Vec<_> = messages.filter_map(|message| artifact(&message)).collect();
        assert!(
            crates.iter().any(|(name, _)| name == "toolkit_zero"),
            "cargo built no toolkit_zero:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let deps = crates[0]
            .1
            .parent()
            .expect("a file in a directory")
            .to_owned();
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
        std::fs::create_dir_all(&out).expect("a directory for what is built");
        let version = Command::new(&rustc).arg("--version").output();
        let version = version.map_or(Vec::new(), |output| output.stdout);
        let version = String::from_utf8_lossy(&version)
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        Self {
            rustc,
            version,
            deps,
            crates,
            out,
        }
    }

    pub(crate) fn is_pinned(&self) -> bool {
        self.version.starts_with(RUSTC)
    }

    fn compile(&self, case: &Case, arguments: &[&str]) -> Output {
        let name = case.path.trim_end_matches(".rs").replace(['/', '.'], "_");
        let mut command = Command::new(&self.rustc);
        // The library's paths are relative to the workspace: from there rustc finds its lines.
        let workspace = Path::new(ROOT).parent().expect("a workspace");
        command
            .current_dir(workspace)
            .arg(format!("ui-tests/{}", case.path));
        command.args([
            "--edition",
            &case.edition,
            "--crate-name",
            &name,
            "--crate-type",
            "bin",
        ]);
        command.args(["-C", "debuginfo=0", "--diagnostic-width=140"]);
        command.args(arguments).arg("--out-dir").arg(&self.out);
        command
            .arg("-L")
            .arg(format!("dependency={}", self.deps.display()));
        for (name, file) in &self.crates {
            let name = if name == "toolkit_zero" {
                &case.dependency
            } else {
                name
            };
            command
                .arg("--extern")
                .arg(format!("{name}={}", file.display()));
        }
        // What cargo says to the programs that it builds.
        command
            .env("CARGO_MANIFEST_DIR", ROOT)
            .env("CARGO_PKG_NAME", "ui-tests")
            .env("CARGO_CRATE_NAME", &name);
        command.env_remove("CARGO_BIN_NAME");
        command.output().expect("rustc runs")
    }

    /// What the program is told by `cargo check`.
    pub(crate) fn check(&self, case: &Case) -> Told {
        let output = self.compile(case, &["--error-format=json", "--emit=metadata"]);
        Told::read(&String::from_utf8_lossy(&output.stderr))
    }

    /// Builds the program and runs it.
    pub(crate) fn run(&self, case: &Case) -> Result<(), String> {
        let told = |output: &Output| {
            format!(
                "{}: {}\n{}",
                case.path,
                output.status,
                String::from_utf8_lossy(&output.stderr)
            )
        };
        let built = self.compile(case, &["--emit=link"]);
        if !built.status.success() {
            return Err(told(&built));
        }
        let program = self
            .out
            .join(case.path.trim_end_matches(".rs").replace(['/', '.'], "_"));
        let ran = Command::new(&program)
            .output()
            .map_err(|error| error.to_string())?;
        // Each is as large as a server.
        let removed = std::fs::remove_file(&program);
        if ran.status.success() {
            removed.map_err(|error| error.to_string())
        } else {
            Err(told(&ran))
        }
    }
}

/// A crate that cargo built, and the file that a program is compiled with.
fn artifact(message: &Value) -> Option<(String, PathBuf)> {
    let name = message["target"]["name"].as_str()?.replace('-', "_");
    if !matches!(
        name.as_str(),
        "toolkit_zero" | "serde" | "tokio" | "tower_layer"
    ) {
        return None;
    }
    let mut files = message["filenames"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str);
    let file = files.find(|file| file.ends_with(".rlib"))?;
    Some((name, PathBuf::from(file)))
}

/// What `work` says of the cases, on two threads.
pub(crate) fn beside_each_other<T: Send>(
    cases: &[Case],
    work: impl Fn(&Case) -> Option<T> + Sync,
) -> Vec<T> {
    let (next, found) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let case = next.lock().expect("no thread panics").next();
                    let Some(case) = case else { return };
                    if let Some(result) = work(case) {
                        found.lock().expect("no thread panics").push(result);
                    }
                }
            });
        }
    });
    found.into_inner().expect("no thread panicked")
}
