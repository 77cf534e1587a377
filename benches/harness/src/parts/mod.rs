//! What is measured: a part is a table of the results.

mod cost;
mod load;
mod memory;
mod programs;
mod start;
mod table;

use crate::options::Options;
use crate::report::{Cell, Section};
use crate::servers::{Running, Server};
use crate::tools::{H2LOAD, PERF, STRACE, STRIP, Tool, VALGRIND, WRK};

#[derive(Debug)]
pub struct Part {
    pub name: &'static str,
    /// What it cannot do without.
    pub tools: &'static [&'static Tool],
    pub run: fn(&Options) -> Result<Section, String>,
}

const fn part(
    name: &'static str,
    tools: &'static [&'static Tool],
    run: fn(&Options) -> Result<Section, String>,
) -> Part {
    Part { name, tools, run }
}

pub const PARTS: [Part; 15] = [
    part("instructions", &[&VALGRIND], cost::instructions),
    part("http2-instructions", &[&VALGRIND, &H2LOAD], cost::http2),
    part("tls", &[&VALGRIND], programs::tls),
    part("table", &[&VALGRIND], table::instructions),
    part("layers", &[&VALGRIND], table::layers),
    part("system-calls", &[&WRK], cost::system_calls),
    part("requests", &[&WRK], load::requests),
    part("latency", &[&WRK], load::latency),
    part("pipelined", &[&WRK], load::pipelined),
    part("connections", &[&WRK], load::connections),
    part("http2", &[&H2LOAD], load::http2),
    part("memory", &[], memory::idle),
    part("live", &[&WRK], programs::live),
    part("start", &[], start::first_answer),
    part("size", &[&STRIP], start::size),
];

/// What counts system calls: the first that works.
pub const COUNTERS: [&Tool; 2] = [&PERF, &STRACE];

/// All servers at once, so that their rounds can be interleaved.
fn start_all(options: &Options, arguments: &[&str]) -> Result<Vec<Running>, String> {
    let start = |server: &&'static Server| server.start(arguments);
    options.servers.iter().map(start).collect()
}

fn stop_all(running: Vec<Running>) -> Result<(), String> {
    running.into_iter().try_for_each(Running::stop)
}

/// Measures every server in each round, and gives the figures by server.
fn interleaved(
    running: &[Running],
    rounds: usize,
    mut measure: impl FnMut(&Running) -> Result<f64, String>,
) -> Result<Vec<Vec<f64>>, String> {
    let mut figures = vec![Vec::with_capacity(rounds); running.len()];
    for _ in 0..rounds {
        for (server, figures) in running.iter().zip(&mut figures) {
            figures.push(measure(server)?);
        }
    }
    Ok(figures)
}

/// A row for each server, from the figures by column and server.
fn compare(section: &mut Section, options: &Options, columns: &[Vec<Vec<f64>>]) {
    for (at, server) in options.servers.iter().enumerate() {
        let cells = columns
            .iter()
            .map(|column| Cell::rounds(&column[at], &column[0]));
        section.row(server.name, cells.collect());
    }
}
