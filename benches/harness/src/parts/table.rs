//! What a large table and layers cost.

use crate::callgrind::{self, Each};
use crate::client::Route;
use crate::options::Options;
use crate::report::{Cell, Section};
use crate::servers::{OURS, Server};

const COUNTS: [u64; 2] = [800, 4_000];

fn ours(arguments: &[&str], path: &str) -> Result<Each, String> {
    callgrind::each(&OURS, arguments, &Route::ping(path), COUNTS)
}

pub fn instructions(options: &Options) -> Result<Section, String> {
    let mut section = Section::new(
        "table",
        "The size of the table",
        "Instructions of a request to the first and to the last of this many routes `/route00000` of toolkit-zero; the ratio is to the first of \
         ten.",
        &["first", "last"],
    );
    let sizes: &[usize] = if options.short {
        &[10, 10_000]
    } else {
        &[10, 10_000, 100_000]
    };
    let mut base = None;
    for size in sizes {
        let routes = size.to_string();
        let arguments = ["--routes", &routes];
        let first = ours(&arguments, "/route00000")?.instructions;
        let last = ours(&arguments, &format!("/route{:05}", size - 1))?.instructions;
        let base = *base.get_or_insert(first);
        section.row(
            &routes,
            vec![Cell::beside(first, base), Cell::beside(last, base)],
        );
    }
    Ok(section)
}

/// The rows of [`layers`]: what the server is started with.
const LAYERED: [(&str, &[&str]); 3] = [
    ("none", &[]),
    ("three, around another route", &["--layers", "elsewhere"]),
    ("one, around each route", &["--layers", "around"]),
];

pub fn layers(options: &Options) -> Result<Section, String> {
    let routes = Route::all();
    let names = routes.iter().map(|route| route.name.as_str());
    let columns: Vec<_> = names.chain(["mallocs, `GET /ping`"]).collect();
    let mut section = Section::new(
        "layers",
        "Layers",
        "Instructions of a request where layers are made by `from_fn` and pass requests on; the ratio is to the same server without layers.",
        &columns,
    );
    let layered = |server: &&&Server| ["axum", OURS.name].contains(&server.name);
    for server in options.servers.iter().filter(layered) {
        let mut base = Vec::new();
        for (name, arguments) in LAYERED {
            let each = routes
                .iter()
                .map(|route| callgrind::each(server, arguments, route, COUNTS));
            let each = each.collect::<Result<Vec<_>, _>>()?;
            if base.is_empty() {
                base.clone_from(&each);
            }
            let cells = each
                .iter()
                .zip(&base)
                .map(|(each, base)| Cell::beside(each.instructions, base.instructions));
            let mallocs = Cell::plain(each[0].mallocs);
            section.row(
                &format!("{}, {name}", server.name),
                cells.chain([mallocs]).collect(),
            );
        }
        let three = Route::ping("/elsewhere");
        let three = callgrind::each(server, LAYERED[1].1, &three, COUNTS)?;
        let cells = [
            Cell::beside(three.instructions, base[0].instructions),
            None,
            None,
            Cell::plain(three.mallocs),
        ];
        section.row(
            &format!("{}, three, around a route like `GET /ping`", server.name),
            cells.to_vec(),
        );
    }
    Ok(section)
}
