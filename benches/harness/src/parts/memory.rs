//! What a connection costs that does nothing.

use std::time::{Duration, Instant};

use crate::client;
use crate::options::Options;
use crate::report::{Cell, Section};
use crate::servers::Running;

pub fn idle(options: &Options) -> Result<Section, String> {
    let count = if options.short { 1_000 } else { 5_000 };
    let mut section = Section::new(
        "memory",
        "Memory of an idle connection",
        &format!(
            "Resident bytes for each of {count} connections that are kept and have had one answer. Less is better."
        ),
        &["bytes"],
    );
    let mut base = None;
    for server in &options.servers {
        let running = server.start(&[])?;
        drop(client::idle(running.addr, 1)?);
        let before = running.resident()?;
        let connections = client::idle(running.addr, count)?;
        let each = at_rest(&running)?.saturating_sub(before) as f64 / count as f64;
        drop(connections);
        running.stop()?;
        let base = *base.get_or_insert(each);
        section.row(server.name, vec![Cell::beside(each, base)]);
    }
    Ok(section)
}

/// What is resident once that no longer changes.
fn at_rest(server: &Running) -> Result<u64, String> {
    let begun = Instant::now();
    let mut last = server.resident()?;
    loop {
        std::thread::sleep(Duration::from_millis(700));
        let now = server.resident()?;
        if now == last || begun.elapsed() > Duration::from_secs(8) {
            return Ok(now);
        }
        last = now;
    }
}
