//! Runs a server under callgrind, and reads what it has counted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::client::{self, Route};
use crate::servers::{Running, Server};

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

/// How many requests the two runs of a pair serve. Both are divisible by the number of connections.
pub const FEW: u64 = 1_600;
pub const MANY: u64 = 9_600;

/// What one request takes.
#[derive(Clone, Copy, Default)]
pub struct Each {
    pub instructions: f64,
    pub mallocs: f64,
}

/// What the difference of two runs took, by the difference of their counts.
pub fn each(
    server: &Server,
    arguments: &[&str],
    route: &Route,
    [few, many]: [u64; 2],
) -> Result<Each, String> {
    let run = |count| {
        let file = format!("{}.{}.{count}", server.name, route.file);
        run(server, arguments, &file, |server| {
            client::load(server.addr, route, count)
        })
    };
    Ok(between(run(few)?, run(many)?, many - few))
}

/// What one of `count` requests more takes.
pub fn between(few: Counted, many: Counted, count: u64) -> Each {
    let each = |few: u64, many: u64| many.saturating_sub(few) as f64 / count as f64;
    Each {
        instructions: each(few.instructions, many.instructions),
        mallocs: each(few.mallocs, many.mallocs),
    }
}

/// Runs a server under callgrind. The profile stays where it is, for `callgrind_annotate`.
pub fn run(
    server: &Server,
    arguments: &[&str],
    file: &str,
    load: impl FnOnce(&Running) -> Result<(), String>,
) -> Result<Counted, String> {
    let folder = folder()?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let out = folder.join(file);
    let wrapper = [
        "valgrind".to_owned(),
        "--quiet".to_owned(),
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", out.display()),
    ];
    let running = server.start_under(&wrapper, arguments)?;
    load(&running)?;
    running.stop()?;
    read(&out)
}

/// Where the profiles are.
pub fn folder() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(this.with_file_name("callgrind"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_allocators_are_counted_by_name_and_by_number() {
        let text = "fn=(1) main\n10 5\ncfn=(2) malloc\ncalls=3 0\n10 30\ncfn=(3) free\ncalls=9 0\n11 9\n\
                    fn=(4) other\n12 1\ncfn=(2)\ncalls=4 0\n12 40\ntotals: 85\n";
        let counted = counted(text);
        assert_eq!((counted.instructions, counted.mallocs), (85, 7));
    }
}
