//! What CI asks: have instructions per request risen beside raw hyper's, built and run in the same job?

use std::collections::BTreeMap;
use std::time::Instant;

use crate::callgrind;
use crate::client::Route;
use crate::results;
use crate::servers::{OURS, SERVERS};

/// How much above the ratio that is kept is let through.
const SLACK: f64 = 1.08;
const COUNTS: [u64; 2] = [800, 4_000];
const FILE: &str = "gate.json";

pub fn run(accept: bool) -> Result<(), String> {
    let begun = Instant::now();
    let base = &SERVERS[0];
    base.build()?;
    OURS.build()?;
    let text = std::fs::read_to_string(results::file(FILE)).unwrap_or_else(|_| "{}".to_owned());
    let kept: BTreeMap<String, f64> =
        serde_json::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
    let (mut found, mut risen) = (BTreeMap::new(), Vec::new());
    for route in Route::all() {
        let base = callgrind::each(base, &[], &route, COUNTS)?.instructions;
        let ours = callgrind::each(&OURS, &[], &route, COUNTS)?.instructions;
        let ratio = (ours / base * 1000.0).round() / 1000.0;
        let limit = kept.get(&route.file).map(|kept| kept * SLACK);
        let said = limit.map_or("nothing is kept".to_owned(), |limit| {
            format!("at most {limit:.3}")
        });
        println!(
            "{:8} {ours:6.0} / {base:6.0} instructions = {ratio:.3} of raw hyper ({said})",
            route.file
        );
        if limit.is_none_or(|limit| ratio > limit) {
            risen.push(route.file.clone());
        }
        found.insert(route.file, ratio);
    }
    println!("in {} s", begun.elapsed().as_secs());
    if accept {
        let text = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())?;
        return std::fs::write(results::file(FILE), format!("{text}\n"))
            .map_err(|error| error.to_string());
    }
    if risen.is_empty() {
        return Ok(());
    }
    Err(format!(
        "instructions per request rose by more than {:.0} % beside raw hyper: {}.\n\
         `callgrind_annotate` on the profiles in target/release/callgrind shows where; if it is meant, `benches/run gate --accept` keeps the new ratios",
        (SLACK - 1.0) * 100.0,
        risen.join(", ")
    ))
}
