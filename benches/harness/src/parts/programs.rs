//! Figures of the workspace's other programs, which print tables of their own; and traffic beside changes.

use std::process::Command;

use crate::options::Options;
use crate::report::{Cell, Section, median};
use crate::servers::{self, OURS};
use crate::tools;

/// Runs a program and reads the rows of what it prints: the words and the numbers.
fn table(package: &str, arguments: &[&str]) -> Result<Vec<(String, Vec<f64>)>, String> {
    let program = servers::build(package)?;
    let said = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{package}: {error}"))?;
    if !said.status.success() {
        return Err(format!(
            "{package}: {}",
            String::from_utf8_lossy(&said.stderr)
        ));
    }
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    Ok(rows.map(row).collect())
}

fn row(line: &str) -> (String, Vec<f64>) {
    let (mut name, mut numbers) = (Vec::new(), Vec::new());
    for cell in line
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
    {
        let first = cell.split(' ').next().unwrap_or_default();
        match first.parse() {
            Ok(number) => numbers.push(number),
            Err(_) => name.push(cell),
        }
    }
    (name.join(" "), numbers)
}

pub fn tls(_: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "tls",
        "TLS",
        "Instructions by callgrind beside raw hyper over tokio-rustls: TLS 1.3 with ring, P-256, nothing resumed, tickets on in both.",
        &[
            "handshake and first request",
            "request on a kept connection",
        ],
    );
    let rows = table("tls", &[])?;
    let base = rows
        .first()
        .map(|(_, numbers)| numbers.clone())
        .unwrap_or_default();
    for (name, numbers) in &rows {
        let cells = numbers
            .iter()
            .zip(&base)
            .map(|(number, base)| Cell::beside(*number, *base));
        section.row(name, cells.collect());
    }
    Ok(section)
}

/// Changes of a large table, and the slowest answers beside them.
pub fn live(options: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "live",
        "Changes of a live table",
        "Microseconds of one `add` and one `remove`, and milliseconds of one `update` that adds 10,000 routes, on a server that listens; and the p99 of \
         `GET /ping` in microseconds while a route is added and removed every millisecond at 100,000 routes, beside the same without, rounds interleaved.",
        &["add, us", "remove, us", "update, ms", "p99, us"],
    );
    for (name, numbers) in table("live_add", &["--short"])? {
        let [routes, _, add, remove, update] = numbers[..] else {
            return Err("live_add prints another table".to_owned());
        };
        let cells = [add, remove, update].map(Cell::plain);
        section.row(
            &format!("{name}, {routes} routes"),
            cells.into_iter().chain([None]).collect(),
        );
    }
    let (rounds, seconds) = if options.short { (3, 1) } else { (9, 2) };
    let still = OURS.start(&["--routes", "100000"])?;
    let changing = OURS.start(&["--routes", "100000", "--churn"])?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    // The one that changes takes a little of the processor at rest as well: both have it, in turn.
    for _ in 0..rounds {
        without.push(tools::wrk(still.addr, "/ping", seconds, &[])?.p99);
        with.push(tools::wrk(changing.addr, "/ping", seconds, &[])?.p99);
    }
    changing.stop()?;
    still.stop()?;
    let still = median(&without).unwrap_or_default();
    section.row(
        "traffic, no changes",
        vec![None, None, None, Cell::plain(still)],
    );
    section.row(
        "traffic, 1,000 changes of each kind a second",
        vec![None, None, None, Cell::rounds(&with, &without)],
    );
    Ok(section)
}
