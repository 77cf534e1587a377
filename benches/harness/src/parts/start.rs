//! How soon a program answers, and how large it is.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::client::{self, Route};
use crate::options::Options;
use crate::report::{Cell, Section, median};
use crate::servers::{self, Running};

pub fn first_answer(options: &Options) -> Result<Section, String> {
    let runs = if options.short { 10 } else { 40 };
    let mut section = Section::new(
        "start",
        "Start to first answer",
        "Milliseconds from the start of the process to the first answer, the median of interleaved starts, with 10 routes (raw hyper has 3, and no \
         table); and with 10,000 routes that attributes declare, and what of that they are collected, checked and served in: the rest is the \
         system, which loads the program.",
        &["milliseconds"],
    );
    let many = servers::build("server-boot")?;
    let mut figures = vec![Vec::new(); options.servers.len() + 2];
    let route = Route::ping("/ping");
    for _ in 0..runs {
        for (server, figures) in options.servers.iter().zip(&mut figures) {
            figures.push(timed(
                || server.start_under(&[], &["--routes", "7"]),
                &route,
            )?);
        }
        let boot = || Running::start(Command::new(&many).stderr(Stdio::null()));
        figures[options.servers.len()].push(timed(boot, &route)?);
        figures[options.servers.len() + 1].push(boot_alone(&many)?);
    }
    let names = options.servers.iter().map(|server| server.name);
    let names = names.chain(["toolkit-zero, 10,000 collected routes", "of that, the boot"]);
    let base = median(&figures[0]).unwrap_or(1.0);
    for (name, figures) in names.zip(&figures) {
        section.row(
            name,
            vec![median(figures).and_then(|figure| Cell::beside(figure, base))],
        );
    }
    Ok(section)
}

fn timed(start: impl FnOnce() -> Result<Running, String>, route: &Route) -> Result<f64, String> {
    let begun = Instant::now();
    let running = start()?;
    client::check(running.addr, route)?;
    let took = begun.elapsed();
    running.stop()?;
    Ok(took.as_secs_f64() * 1e3)
}

/// The milliseconds that the program itself counts, from `collected!` to the bound socket.
fn boot_alone(program: &Path) -> Result<f64, String> {
    let ended = Command::new(program)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("it does not start: {error}"))?;
    let text = String::from_utf8_lossy(&ended.stderr);
    let micros = text.trim().parse::<f64>();
    micros
        .map(|micros| micros / 1e3)
        .map_err(|_| format!("it does not say how long it took: {text}"))
}

pub fn size(options: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "size",
        "Size",
        "Megabytes of the programs, built with `--release`, `codegen-units = 1`, and stripped: the first program of the README with default features, and the servers that are compared.",
        &["MB"],
    );
    let builds: [(_, &[&str]); 3] = [
        ("ping", &[]),
        (
            "ping, as sixteen units, which is cargo's default",
            &["profile.release.codegen-units=16"],
        ),
        ("ping, with fat LTO", &["profile.release.lto=\"fat\""]),
    ];
    for (name, settings) in builds {
        let program = servers::build_as("server-ping", settings)?;
        section.row(name, vec![Cell::plain(stripped(program)?)]);
    }
    for server in &options.servers {
        section.row(server.name, vec![Cell::plain(stripped(server.build()?)?)]);
    }
    Ok(section)
}

fn stripped(program: std::path::PathBuf) -> Result<f64, String> {
    let out = std::env::temp_dir().join(format!("harness-{}-stripped", std::process::id()));
    let strip = Command::new("strip")
        .arg("-o")
        .arg(&out)
        .arg(&program)
        .status();
    let size = std::fs::metadata(&out).map(|file| file.len());
    let _gone = std::fs::remove_file(&out);
    match (strip, size) {
        (Ok(status), Ok(size)) if status.success() => Ok(size as f64 / 1e6),
        (strip, size) => Err(format!("strip: {strip:?} {size:?}")),
    }
}
