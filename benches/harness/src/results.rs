//! The files that a run leaves: `results.json`, its Markdown in `RESULTS.md`, and the plot.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::parts::PARTS;
use crate::plot;
use crate::report::Section;
use crate::tools::TOOLS;

/// Everything that was found; a part that runs again replaces what it found before.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Results {
    pub sections: Vec<Section>,
    /// Of the crates that are compared, of the tools, of the system.
    pub versions: BTreeMap<String, String>,
}

const BEGIN: &str = "<!-- written by benches/run from results.json -->";
const END: &str = "<!-- end -->";

impl Results {
    pub fn read() -> Result<Self, String> {
        match std::fs::read_to_string(file("results.json")) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|error| format!("results.json: {error}"))
            }
            Err(_) => Ok(Self::default()),
        }
    }

    pub fn put(&mut self, section: Section) {
        self.sections.retain(|known| known.part != section.part);
        self.sections.push(section);
        let place = |part: &str| PARTS.iter().position(|known| known.name == part);
        self.sections.sort_by_key(|section| place(&section.part));
    }

    pub fn write(&mut self) -> Result<(), String> {
        self.versions = versions();
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        write("results.json", &format!("{text}\n"))?;
        self.render()
    }

    /// What stands between the marks of `RESULTS.md` is replaced.
    pub fn render(&self) -> Result<(), String> {
        let name = "RESULTS.md";
        let old = std::fs::read_to_string(file(name)).unwrap_or_default();
        let parts = old.split_once(BEGIN).and_then(|(head, rest)| {
            let (_, tail) = rest.split_once(END)?;
            Some((head, tail))
        });
        let (head, tail) = parts.ok_or_else(|| format!("{name} lacks {BEGIN} or {END}"))?;
        let mut text = format!("{head}{BEGIN}\n\n");
        for section in &self.sections {
            text.push_str(&section.markdown());
        }
        text.push_str("### Versions\n\n");
        let versions: Vec<_> = self
            .versions
            .iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        writeln!(text, "{}.\n\n{END}{tail}", versions.join(", ")).unwrap_or_default();
        write(name, &format!("{}\n", text.trim_end()))?;
        match plot::draw(&self.sections) {
            Some(picture) => write("results.svg", &picture),
            None => Ok(()),
        }
    }
}

pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

pub fn write(name: &str, text: &str) -> Result<(), String> {
    std::fs::write(file(name), text).map_err(|error| format!("{name}: {error}"))
}

fn versions() -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
    let lock = std::fs::read_to_string(file("Cargo.lock")).unwrap_or_default();
    let crates = [
        "actix-web",
        "axum",
        "h2",
        "http",
        "hyper",
        "hyper-util",
        "rustls",
        "serde_json",
        "tokio",
        "toolkit-zero",
    ];
    for package in lock.split("[[package]]") {
        let field = |name| {
            package
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
        };
        let (name, version) = (field("name"), field("version"));
        let (Some(name), Some(version)) = (name, version) else {
            continue;
        };
        let name = name.trim_matches('"');
        if crates.contains(&name) {
            // Of two, the newer: the file is in order.
            versions.insert(name.to_owned(), version.trim_matches('"').to_owned());
        }
    }
    for tool in TOOLS {
        if let Ok(version) = tool.find() {
            versions.insert(tool.name().to_owned(), version);
        }
    }
    for (name, program, word) in [("rustc", "rustc", "-V"), ("Linux", "uname", "-r")] {
        let said = Command::new(program).arg(word).output();
        let said = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
        let said = said.unwrap_or_default();
        let version = said
            .split(' ')
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        versions.insert(name.to_owned(), version.unwrap_or("unknown").to_owned());
    }
    let processors = std::thread::available_parallelism().map_or(1, Into::into);
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown", |(_, model)| model);
    versions.insert("processors".to_owned(), format!("{processors} of {model}"));
    versions
}
