//! What does not depend on how busy the machine is: instructions, allocations, system calls.

use crate::callgrind::{self, FEW, MANY};
use crate::client::{self, Route};
use crate::options::Options;
use crate::report::{Cell, Section};
use crate::servers::Server;
use crate::tools;

use super::COUNTERS;

fn counts(options: &Options) -> [u64; 2] {
    if options.short {
        [800, 4_000]
    } else {
        [FEW, MANY]
    }
}

pub fn instructions(options: &Options) -> Result<Section, String> {
    let routes = Route::all();
    let names: Vec<_> = routes.iter().map(|route| route.name.clone()).collect();
    let mallocs: Vec<_> = names
        .iter()
        .map(|name| format!("mallocs, {name}"))
        .collect();
    let columns: Vec<_> = names.iter().chain(&mallocs).map(String::as_str).collect();
    let mut section = Section::new(
        "instructions",
        "Instructions and allocations per request",
        "User space, by callgrind, one thread, 16 connections that are kept; in brackets the ratio to raw hyper with its defaults.",
        &columns,
    );
    let mut base = Vec::new();
    for server in &options.servers {
        let each = routes
            .iter()
            .map(|route| callgrind::each(server, &[], route, counts(options)));
        let each = each.collect::<Result<Vec<_>, _>>()?;
        let figures: Vec<_> = each.iter().map(|each| each.instructions).collect();
        if base.is_empty() {
            base.clone_from(&figures);
        }
        let instructions = figures
            .iter()
            .zip(&base)
            .map(|(figure, base)| Cell::beside(*figure, *base));
        let mallocs = each.iter().map(|each| Cell::plain(each.mallocs));
        section.row(server.name, instructions.chain(mallocs).collect());
    }
    Ok(section)
}

pub fn http2(options: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "http2-instructions",
        "Instructions per request over HTTP/2",
        "`GET /ping` by h2load without TLS, one connection with 16 streams; user space, by callgrind.",
        &["instructions", "mallocs"],
    );
    let mut base = None;
    let [few, many] = counts(options);
    for server in &options.servers {
        if server.name == "actix-web" {
            continue; // Its client waits for the answer to an upgrade.
        }
        let run = |count| {
            let file = format!("{}.http2.{count}", server.name);
            callgrind::run(server, &["--http2"], &file, |running| {
                tools::h2load(running.addr, count, 1)
            })
        };
        let each = callgrind::between(run(few)?, run(many)?, many - few);
        let base = *base.get_or_insert(each.instructions);
        section.row(
            server.name,
            vec![
                Cell::beside(each.instructions, base),
                Cell::plain(each.mallocs),
            ],
        );
    }
    Ok(section)
}

pub fn system_calls(options: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "system-calls",
        "System calls per request",
        "By `perf stat`, or `strace` where that may not count; 16 connections that are kept, one request on each in turn, and under the full load \
         of `wrk`, where the events of more connections come at once. Less is better.",
        &Route::all()
            .iter()
            .map(|route| route.name.as_str())
            .chain(["`GET /ping`, full load"])
            .collect::<Vec<_>>(),
    );
    let works = |wrapper: &fn(&str) -> Vec<String>| {
        let out = output("try");
        let words = wrapper(&out);
        let run = std::process::Command::new(&words[0])
            .args(&words[1..])
            .arg("true")
            .output();
        run.is_ok_and(|run| run.status.success()) && read_calls(&out).is_ok()
    };
    let wrappers: [fn(&str) -> Vec<String>; 2] = [perf, strace];
    let wrapper = wrappers
        .iter()
        .find(|wrapper| works(wrapper))
        .ok_or_else(|| {
            let why: Vec<_> = COUNTERS
                .iter()
                .filter_map(|tool| tool.find().err())
                .collect();
            format!(
                "neither perf nor strace counts system calls here {}",
                why.join("; ")
            )
        })?;
    let mut base = Vec::new();
    for server in &options.servers {
        let figures = Route::all()
            .iter()
            .map(|route| calls(server, route, *wrapper))
            .chain([calls_under_load(server, *wrapper)])
            .collect::<Result<Vec<_>, _>>()?;
        if base.is_empty() {
            base.clone_from(&figures);
        }
        let cells = figures
            .iter()
            .zip(&base)
            .map(|(figure, base)| Cell::beside(*figure, *base));
        section.row(server.name, cells.collect());
    }
    Ok(section)
}

fn output(name: &str) -> String {
    let file = format!("harness-{}-{name}", std::process::id());
    std::env::temp_dir().join(file).display().to_string()
}

fn perf(out: &str) -> Vec<String> {
    let words = [
        "perf",
        "stat",
        "-x,",
        "-e",
        "raw_syscalls:sys_enter",
        "-o",
        out,
    ];
    words.map(str::to_owned).to_vec()
}

fn strace(out: &str) -> Vec<String> {
    ["strace", "-f", "-c", "-o", out]
        .map(str::to_owned)
        .to_vec()
}

fn calls(server: &Server, route: &Route, wrapper: fn(&str) -> Vec<String>) -> Result<f64, String> {
    let run = |count| {
        let out = output("calls");
        let running = server.start_under(&wrapper(&out), &[])?;
        client::load(running.addr, route, count)?;
        running.stop()?;
        read_calls(&out)
    };
    let (few, many) = (run(FEW)?, run(MANY)?);
    Ok((many - few) / (MANY - FEW) as f64)
}

/// What the start takes besides is nothing beside so many requests.
fn calls_under_load(server: &Server, wrapper: fn(&str) -> Vec<String>) -> Result<f64, String> {
    let out = output("calls");
    let mut words = tools::pin_server();
    words.extend(wrapper(&out));
    let running = server.start_under(&words, &[])?;
    let load = tools::wrk(running.addr, "/ping", 3, &[])?;
    running.stop()?;
    Ok(read_calls(&out)? / load.requests)
}

/// The total of either program's output.
fn read_calls(file: &str) -> Result<f64, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let _gone = std::fs::remove_file(file);
    let perf = text.lines().find(|line| line.contains("raw_syscalls"));
    let perf = perf.and_then(|line| line.split(',').next()?.parse().ok());
    let strace = text
        .lines()
        .find(|line| line.trim_end().ends_with(" total"));
    let strace = strace.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    perf.or(strace).ok_or_else(|| format!("no total in {text}"))
}
