//! Runs a server under callgrind, and reads what it has counted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::{self, Route};
use crate::servers::Server;

/// What callgrind has counted in one run.
#[derive(Clone, Copy, Default)]
pub struct Counted {
    pub instructions: u64,
    /// Calls of `malloc` and its like.
    pub mallocs: u64,
}

/// What asks the system's allocator for memory.
const ALLOCATORS: [&str; 6] = [
    "malloc",
    "calloc",
    "realloc",
    "posix_memalign",
    "aligned_alloc",
    "memalign",
];

/// Whether valgrind is there.
pub fn find() -> Result<(), String> {
    let found = Command::new("valgrind").arg("--version").output();
    match found {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err("valgrind is missing; on Debian it is `apt-get install valgrind`".to_owned()),
    }
}

/// Serves `requests` requests under callgrind.
pub fn run(server: &Server, route: &Route, requests: u64) -> Result<Counted, String> {
    let out = profile(server, route, requests)?;
    let running = server.start(&[
        "valgrind".to_owned(),
        "--quiet".to_owned(),
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", out.display()),
    ])?;
    client::load(running.addr, route, requests)?;
    running.stop()?;
    read(&out)
}

/// Where the profile of a run goes; it stays there for `callgrind_annotate`.
fn profile(server: &Server, route: &Route, requests: u64) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = this.with_file_name("callgrind");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder.join(format!("{}.{}.{requests}", server.name, route.file)))
}

fn read(profile: &Path) -> Result<Counted, String> {
    let text = std::fs::read_to_string(profile)
        .map_err(|error| format!("{}: {error}", profile.display()))?;
    let counted = counted(&text);
    if counted.instructions == 0 {
        return Err(format!("{} has no totals", profile.display()));
    }
    Ok(counted)
}

/// The format is that of the valgrind manual, section "Callgrind Format Specification": a call is `cfn=(number) name`,
/// with the name only the first time, and then `calls=count ...`.
fn counted(text: &str) -> Counted {
    let mut counted = Counted::default();
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut called_allocates = false;
    for line in text.lines() {
        let function = line.strip_prefix("cfn=").or(line.strip_prefix("fn="));
        if let Some(function) = function {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            let name = if name.is_empty() {
                names.get(number).copied().unwrap_or_default()
            } else {
                names.insert(number, name);
                name
            };
            called_allocates = line.starts_with('c') && ALLOCATORS.contains(&name);
        } else if let Some(calls) = line.strip_prefix("calls=")
            && called_allocates
        {
            let count = calls.split(' ').next().unwrap_or_default();
            counted.mallocs += count.parse().unwrap_or(0);
        } else if let Some(totals) = line.strip_prefix("totals: ") {
            counted.instructions = totals.trim().parse().unwrap_or(0);
        }
    }
    counted
}
