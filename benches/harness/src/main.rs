//! toolkit-zero beside raw hyper (its defaults, and driven well), axum and actix-web: the same routes, the same bytes, one
//! run. See `benches/README.md`.

mod callgrind;
mod client;
mod gate;
mod options;
mod parts;
mod plot;
mod report;
mod results;
mod servers;
mod tools;

use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;
use std::time::Instant;

use client::Route;
use options::{Command, HELP, Options};
use report::Section;
use results::Results;

fn main() -> ExitCode {
    let done = Command::read(std::env::args().skip(1)).and_then(|command| match command {
        Command::Help => {
            println!("{HELP}\n\nparts:");
            for part in &parts::PARTS {
                let tools: Vec<_> = part.tools.iter().map(|tool| tool.name()).collect();
                println!("  {:18} {}", part.name, tools.join(", "));
            }
            Ok(())
        }
        Command::Render => Results::read()?.render(),
        Command::Gate { accept } => gate::run(accept),
        Command::Measure(options) => measure(&options),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("harness: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<(), String> {
    with_many_descriptors()?;
    let begun = Instant::now();
    let tools = options.parts.iter().flat_map(|part| part.tools);
    let missing: std::collections::BTreeSet<_> =
        tools.filter_map(|tool| tool.find().err()).collect();
    for missing in missing {
        eprintln!("{missing}");
    }
    for server in &options.servers {
        server.build()?;
        let running = server.start(&[])?;
        for route in Route::all() {
            let checked = client::check(running.addr, &route);
            checked.map_err(|error| format!("{}: {error}", server.name))?;
        }
        running.stop()?;
    }
    eprintln!(
        "built and checked in {} s: all give the same answers",
        begun.elapsed().as_secs()
    );

    if options.short {
        eprintln!("a short run: its figures are for trying only, and nothing is written");
    }
    let mut results = Results::read()?;
    let mut failed = Vec::new();
    for (number, part) in options.parts.iter().enumerate() {
        eprintln!("{} ({} of {})", part.name, number + 1, options.parts.len());
        let begun = Instant::now();
        let missing: Vec<_> = part
            .tools
            .iter()
            .filter_map(|tool| tool.find().err())
            .collect();
        let section = if missing.is_empty() {
            (part.run)(options).unwrap_or_else(|error| {
                failed.push(part.name);
                skipped(part.name, error)
            })
        } else {
            skipped(part.name, missing.join("; "))
        };
        let section = Section {
            part: part.name.to_owned(),
            ..section
        };
        println!("{}", section.markdown());
        eprintln!("{}: {} s", part.name, begun.elapsed().as_secs());
        if let Some(reason) = &section.skipped {
            eprintln!("{} was not measured: {reason}", part.name);
        } else {
            results.put(section);
        }
        if options.write {
            results.write()?;
        }
    }
    eprintln!("{} s in all", begun.elapsed().as_secs());
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(format!("failed: {}", failed.join(", "))),
    }
}

fn skipped(part: &str, reason: String) -> Section {
    Section {
        title: part.to_owned(),
        skipped: Some(reason),
        ..Section::default()
    }
}

/// Starts this program again with as many descriptors as it may have, for thousands of connections.
fn with_many_descriptors() -> Result<(), String> {
    const MARK: &str = "HARNESS_DESCRIPTORS";
    if std::env::var_os(MARK).is_some() {
        return Ok(());
    }
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let error = std::process::Command::new("sh")
        .args(["-c", "ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\""])
        .arg(this)
        .args(std::env::args().skip(1))
        .env(MARK, "1")
        .exec();
    Err(format!("sh does not start: {error}"))
}
