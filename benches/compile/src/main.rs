//! What the attributes cost the compiler: generated programs of 10, 100 and 1,000 routes with four arguments each, beside
//! the same functions without attributes, and beside an axum program with the same routes.
//!
//! Each program is checked and built from nothing but its own crate (dependencies are built before, incremental is off);
//! the least of several runs counts. Prints seconds, and the ratios that mean something on a noisy machine.

mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::Kind;

const SIZES: [usize; 3] = [10, 100, 1000];
const RUNS: usize = 3;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let work = root.join("../target/compile");
    for kind in Kind::ALL {
        write(&work, kind, 1);
        cargo(&work, kind, "build");
        cargo(&work, kind, "check");
    }
    println!("| routes | program | check s | beside plain | dev build s | beside axum |");
    println!("|---|---|---|---|---|---|");
    for size in SIZES {
        let rows = Kind::ALL.map(|kind| {
            let timed = |command| {
                (0..RUNS)
                    .map(|_| {
                        write(&work, kind, size);
                        cargo(&work, kind, command)
                    })
                    .min()
            };
            (
                kind,
                timed("check").unwrap_or_default(),
                timed("build").unwrap_or_default(),
            )
        });
        let plain = rows[0].1;
        let axum = rows[2].2;
        for (kind, check, build) in rows {
            println!(
                "| {size} | {kind} | {:.2} | {:+.2} | {:.2} | {:.2} |",
                check.as_secs_f64(),
                check.as_secs_f64() - plain.as_secs_f64(),
                build.as_secs_f64(),
                build.as_secs_f64() / axum.as_secs_f64().max(0.001),
            );
        }
    }
    let derive = root.join("../../toolkit-zero-derive");
    println!(
        "\nthe derive crate alone, syn and toml built: {:.2} s",
        derive_alone(&work, &derive).as_secs_f64()
    );
}

/// Writes the crate anew, so that cargo has to compile it again.
fn write(work: &Path, kind: Kind, routes: usize) {
    let folder = work.join(kind.to_string());
    must(fs::create_dir_all(folder.join("src")));
    must(fs::write(
        folder.join("Cargo.toml"),
        kind.manifest(&repository()),
    ));
    must(fs::write(folder.join("src/main.rs"), kind.source(routes)));
}

fn repository() -> PathBuf {
    must(fs::canonicalize(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
    ))
}

/// Runs cargo on one program and says how long it took.
fn cargo(work: &Path, kind: Kind, command: &str) -> Duration {
    timed(
        Command::new("cargo")
            .arg(command)
            .current_dir(work.join(kind.to_string())),
        work,
    )
}

/// A clean build of the derive crate, its dependencies aside.
fn derive_alone(work: &Path, derive: &Path) -> Duration {
    let build = |command: &mut Command| timed(command.current_dir(derive), work);
    build(Command::new("cargo").arg("build"));
    (0..RUNS)
        .map(|_| {
            build(Command::new("cargo").args(["clean", "-p", "toolkit-zero-derive"]));
            build(Command::new("cargo").arg("build"))
        })
        .min()
        .unwrap_or_default()
}

fn timed(command: &mut Command, work: &Path) -> Duration {
    let command = command
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    command.arg("-q");
    let begun = Instant::now();
    let status = must(command.status());
    assert!(status.success(), "{command:?} ended with {status}");
    begun.elapsed()
}

fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
