//! User-space instructions and allocations per request, of each server, beside those of raw hyper.
//!
//! Each server runs under callgrind twice for each route, with few requests and with many; what the difference of the
//! two took, divided by the difference of the counts, is what one request takes. See `benches/README.md`.

mod callgrind;
mod client;
mod servers;

use std::process::ExitCode;

use client::{ROUTES, Route};
use servers::{SERVERS, Server};

/// How many requests the two runs of a pair serve. Both are divisible by the number of connections.
const FEW: u64 = 1_600;
const MANY: u64 = 9_600;

fn main() -> ExitCode {
    let only = std::env::args().nth(1);
    match compare(only.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(only: Option<&str>) -> Result<(), String> {
    callgrind::find()?;
    let chosen =
        |server: &&Server| only.is_none_or(|only| server.name.split(", ").next() == Some(only));
    let servers: Vec<_> = SERVERS.iter().filter(chosen).collect();
    if servers.is_empty() {
        let known: Vec<_> = SERVERS.iter().map(|server| server.name).collect();
        return Err(format!("the servers are {}", known.join(", ")));
    }
    for server in &servers {
        server.build()?;
    }
    check_answers(&servers)?;

    println!(
        "| server | {} |",
        row(ROUTES.map(|route| route.name.to_owned()))
    );
    println!("|---|{}|", row(ROUTES.map(|_| "---".to_owned())));
    let mut base: Option<[f64; ROUTES.len()]> = None;
    for server in servers {
        let mut instructions = [0.0; ROUTES.len()];
        let mut cells = ROUTES.map(|_| String::new());
        for (at, route) in ROUTES.iter().enumerate() {
            let each = measure(server, route)?;
            instructions[at] = each.instructions;
            let ratio = base.map_or(1.0, |base| each.instructions / base[at]);
            cells[at] = format!(
                "{:.0} ({ratio:.2}), {:.1} mallocs",
                each.instructions, each.mallocs
            );
        }
        base.get_or_insert(instructions);
        println!("| {} | {} |", server.name, row(cells));
    }
    Ok(())
}

fn row<const CELLS: usize>(cells: [String; CELLS]) -> String {
    cells.join(" | ")
}

/// Every server answers every route with the same bytes, but for the date.
fn check_answers(servers: &[&Server]) -> Result<(), String> {
    for route in &ROUTES {
        for server in servers {
            let running = server.start(&[])?;
            let answer = client::ask(running.addr, route)?;
            running.stop()?;
            if answer != route.answer {
                return Err(format!(
                    "{} answers {} with\n{answer}\nand not with\n{}",
                    server.name, route.name, route.answer
                ));
            }
        }
    }
    Ok(())
}

/// What one request takes.
struct Each {
    instructions: f64,
    mallocs: f64,
}

fn measure(server: &Server, route: &Route) -> Result<Each, String> {
    let few = callgrind::run(server, route, FEW)?;
    let many = callgrind::run(server, route, MANY)?;
    let per_request = |few: u64, many: u64| many.saturating_sub(few) as f64 / (MANY - FEW) as f64;
    Ok(Each {
        instructions: per_request(few.instructions, many.instructions),
        mallocs: per_request(few.mallocs, many.mallocs),
    })
}
