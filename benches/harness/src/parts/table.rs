//! What a large table and layers cost.

use crate::callgrind::{self, Each};
use crate::client::Route;
use crate::options::Options;
use crate::report::{Cell, Section};
use crate::servers::OURS;

const COUNTS: [u64; 2] = [800, 4_000];

fn ours(arguments: &[&str], path: &str) -> Result<Each, String> {
    callgrind::each(&OURS, arguments, &Route::ping(path), COUNTS)
}

pub fn instructions(options: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "table",
        "The size of the table",
        "Instructions of a request to the first and to the last of this many routes `/route{n}` of toolkit-zero; the ratio is to the first of \
         ten. Path length is part of it: the last of 100,000 is five bytes longer than the first.",
        &["first", "last"],
    );
    let sizes: &[usize] = if options.quick {
        &[10, 10_000]
    } else {
        &[10, 10_000, 100_000]
    };
    let mut base = None;
    for size in sizes {
        let routes = size.to_string();
        let arguments = ["--routes", &routes];
        let first = ours(&arguments, "/route0")?.instructions;
        let last = ours(&arguments, &format!("/route{}", size - 1))?.instructions;
        let base = *base.get_or_insert(first);
        section.row(
            &routes,
            vec![Cell::beside(first, base), Cell::beside(last, base)],
        );
    }
    Ok(section)
}

pub fn layers(_: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "layers",
        "Layers",
        "Instructions and allocations of `GET /ping` of toolkit-zero, and of the same handler behind one and three layers made by `from_fn`; the \
         ratio is to a table without layers.",
        &["instructions", "mallocs"],
    );
    let layered = ["--layers"];
    let plain = ours(&[], "/ping")?;
    let rows = [
        ("no layer anywhere", plain),
        ("none, but other routes have", ours(&layered, "/ping")?),
        ("one", ours(&layered, "/layers/1")?),
        ("three", ours(&layered, "/layers/3")?),
    ];
    for (name, each) in rows {
        let cell = Cell::beside(each.instructions, plain.instructions);
        section.row(name, vec![cell, Cell::plain(each.mallocs)]);
    }
    Ok(section)
}
