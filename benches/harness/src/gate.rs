//! What CI asks: have instructions per request risen beside raw hyper's, built and run in the same job?
//!
//! No times: they depend on the machine, the ratio of instructions hardly does.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::callgrind;
use crate::client::Route;
use crate::results;
use crate::servers::{OURS, SERVERS};

/// How much above the ratio that is kept is let through: other compilers and allocators move it by a few percent.
const SLACK: f64 = 1.08;
const COUNTS: [u64; 2] = [800, 4_000];
const FILE: &str = "gate.json";

/// The ratio of each route.
type Ratios = BTreeMap<String, f64>;

pub fn run(accept: bool) -> Result<(), String> {
    crate::tools::VALGRIND.find()?;
    let begun = Instant::now();
    let base = &SERVERS[0];
    base.build()?;
    OURS.build()?;
    println!("built in {} s", begun.elapsed().as_secs());
    let kept = kept()?;
    let mut found = Ratios::new();
    for route in Route::all() {
        let base = callgrind::each(base, &[], &route, COUNTS)?.instructions;
        let ours = callgrind::each(&OURS, &[], &route, COUNTS)?.instructions;
        let ratio = (ours / base * 1000.0).round() / 1000.0;
        let said = kept.get(&route.file).map_or_else(
            || "nothing is kept".to_owned(),
            |kept| format!("kept: {kept:.3}, at most {:.3}", kept * SLACK),
        );
        println!(
            "{:8} {ours:6.0} / {base:6.0} instructions = {ratio:.3} of raw hyper ({said})",
            route.file
        );
        found.insert(route.file, ratio);
    }
    println!("{} s in all", begun.elapsed().as_secs());
    if accept {
        let text = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())?;
        return results::write(FILE, &format!("{text}\n"));
    }
    let risen = risen(&kept, &found);
    if risen.is_empty() {
        return Ok(());
    }
    Err(format!(
        "instructions per request rose by more than {:.0} % beside raw hyper: {}.\n\
         `callgrind_annotate` on the profiles in {} shows where; if it is meant, `benches/run gate --accept` keeps the new ratios",
        (SLACK - 1.0) * 100.0,
        risen.join(", "),
        callgrind::folder()?.display(),
    ))
}

fn kept() -> Result<Ratios, String> {
    let text = std::fs::read_to_string(results::file(FILE));
    let text = text.map_err(|error| format!("{FILE}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{FILE}: {error}"))
}

/// The routes that take more than they may; one of which nothing is known is among them.
fn risen<'f>(kept: &Ratios, found: &'f Ratios) -> Vec<&'f str> {
    let risen = found.iter().filter(|(route, ratio)| {
        let limit = kept.get(*route).map(|kept| kept * SLACK);
        limit.is_none_or(|limit| **ratio > limit)
    });
    risen.map(|(route, _)| route.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratios<const N: usize>(of: [(&str, f64); N]) -> Ratios {
        Ratios::from(of.map(|(route, ratio)| (route.to_owned(), ratio)))
    }

    #[test]
    fn only_what_rose_by_more_than_the_slack_has_risen() {
        let kept = ratios([("items", 1.0), ("ping", 1.0), ("users", 1.0)]);
        let found = ratios([("items", 0.5), ("ping", 1.079), ("users", 1.081)]);
        assert_eq!(risen(&kept, &found), ["users"]);
    }

    #[test]
    fn a_route_without_a_kept_ratio_has_risen() {
        assert_eq!(risen(&Ratios::new(), &ratios([("ping", 0.1)])), ["ping"]);
    }
}
