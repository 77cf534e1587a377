//! Which of the linked routes are mounted, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use super::link_time::{Group, Linked, Mount, RouteDef, defined, groups, links};
use crate::routing::{Fault, Origin, Pattern, SocketType};

/// The routes that a server mounts, and what was found on the way.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) routes: Vec<SocketType>,
    pub(crate) faults: Vec<Fault>,
    /// Packages that are linked and declare routes, but are not mounted, with what Rust calls them and the number of
    /// their routes.
    pub(crate) unmounted: BTreeMap<(&'static str, &'static str), usize>,
    /// How many routes each mounted package contributes.
    pub(crate) mounted: BTreeMap<&'static str, usize>,
}

/// Gathers the routes of `package`, and of the packages in `mounts` and what those link.
pub(crate) fn gather(package: &'static str, mounts: &'static [Mount], origin: Origin) -> Gathered {
    let defs: Vec<&'static RouteDef> = defined().collect();
    let groups: Vec<&'static Group> = groups().collect();
    let links: Vec<&'static Linked> = links().collect();
    choose(package, mounts, origin, &defs, &groups, &links)
}

/// What [`gather`] decides, of anything that may have been linked.
pub(crate) fn choose(
    package: &'static str,
    mounts: &'static [Mount],
    origin: Origin,
    defs: &[&'static RouteDef],
    groups: &[&'static Group],
    links: &[&'static Linked],
) -> Gathered {
    let prefixes = prefixes(package, mounts, links);
    let mut gathered = Gathered::default();
    let mut chosen: Vec<&'static RouteDef> = Vec::new();
    for def in defs {
        let package = def.origin.package();
        let count = if prefixes.contains_key(package) {
            chosen.push(def);
            gathered.mounted.entry(package).or_default()
        } else {
            let module = def.origin.module();
            let library = module.split("::").next().unwrap_or(module);
            gathered.unmounted.entry((package, library)).or_default()
        };
        *count += def.methods.len();
    }
    chosen.sort_by_key(|def| (written_at(def), def.origin));
    empty_crates(&mut gathered, mounts, links, &prefixes, origin);
    let chosen = twice_compiled(&mut gathered.faults, chosen);
    for def in &chosen {
        lost_prefix(&mut gathered.faults, def, groups);
    }
    gathered.routes.reserve_exact(chosen.len());
    for def in chosen {
        let route = def.route();
        let prefix = prefixes
            .get(def.origin.package())
            .map_or("", |prefix| prefix);
        gathered.routes.push(route.below(prefix));
    }
    gathered
}

/// Every mounted package, with what its routes are put below.
fn prefixes(
    package: &'static str,
    mounts: &'static [Mount],
    links: &[&'static Linked],
) -> BTreeMap<&'static str, &'static str> {
    let mut prefixes = BTreeMap::from([(package, "")]);
    for mount in mounts {
        prefixes.insert(mount.package, mount.prefix);
    }
    // `link!` carries on from package to package.
    loop {
        let new: Vec<_> = links
            .iter()
            .filter(|link| !prefixes.contains_key(link.package))
            .filter_map(|link| prefixes.get(link.by).map(|prefix| (link.package, *prefix)))
            .collect();
        if new.is_empty() {
            return prefixes;
        }
        // Links come in any order; where two disagree, the least prefix holds.
        for (package, prefix) in new {
            let known = prefixes.entry(package).or_insert(prefix);
            *known = prefix.min(known);
        }
    }
}

/// A crate that is listed and contributes no route is a mistake: a missing feature, or the wrong name.
fn empty_crates(
    gathered: &mut Gathered,
    mounts: &[Mount],
    links: &[&'static Linked],
    prefixes: &BTreeMap<&str, &str>,
    origin: Origin,
) {
    let listed = mounts
        .iter()
        .filter(|mount| mount.named)
        .map(|mount| (mount.package, origin, "crates(..)"));
    let linked = links.iter().filter(|link| prefixes.contains_key(link.by));
    let linked = linked.map(|link| (link.package, link.origin, "link!"));
    let empty: BTreeSet<_> = listed
        .chain(linked)
        .filter(|(package, ..)| !gathered.mounted.contains_key(package))
        .collect();
    for (package, origin, by) in empty {
        let fault = Fault::new(
            format!("the crate `{package}` is listed in `{by}`, but declares no route"),
            format!(
                "remove `{package}` from the list, or switch on the feature of `{package}` that declares its routes"
            ),
        );
        gathered.faults.push(fault.at(origin, "listed here"));
    }
}

/// The same for two that come from one place in the source, whatever module that is compiled into.
fn written_at(def: &'static RouteDef) -> impl Ord {
    let place = (
        def.origin.package(),
        def.origin.file(),
        def.origin.line(),
        def.origin.function(),
    );
    (place, def.pattern, def.methods)
}

/// One module compiled into both the library and the binary of a package declares everything twice: one fault a file.
///
/// The routes are in the order of [`written_at`], so what is declared twice stands side by side.
fn twice_compiled(
    faults: &mut Vec<Fault>,
    chosen: Vec<&'static RouteDef>,
) -> Vec<&'static RouteDef> {
    let mut once: Vec<&'static RouteDef> = Vec::new();
    let mut files: BTreeMap<&'static str, Vec<&'static RouteDef>> = BTreeMap::new();
    for def in chosen {
        let last = once.last().copied();
        if last.is_some_and(|last| written_at(last) == written_at(def)) {
            files.entry(def.origin.file()).or_default().push(def);
        } else {
            once.push(def);
        }
    }
    for (file, twice) in files {
        let module = twice[0].origin.module();
        let (root, path) = module.split_once("::").unwrap_or((module, ""));
        let help = if path.is_empty() {
            format!(
                "declare the routes of {file} in one target: remove its `mod` line from the other"
            )
        } else {
            let first = path.split("::").next().unwrap_or(path);
            format!("in src/main.rs write `use {root}::{first};` instead of `mod {first};`")
        };
        let what = format!(
            "{file} is compiled into both the library and the binary, so its routes exist twice"
        );
        let fault = twice.iter().fold(Fault::new(what, help), |fault, def| {
            fault.at(
                def.origin,
                format!("{} {}", def.methods.join(", "), def.pattern),
            )
        });
        faults.push(fault);
    }
    once
}

/// A route below a module with `#[routes("/prefix")]` that the attribute could not see has lost the prefix.
fn lost_prefix(faults: &mut Vec<Fault>, def: &RouteDef, groups: &[&'static Group]) {
    let module = def.origin.module();
    let around = groups.iter().filter(|group| {
        group.origin.package() == def.origin.package()
            && module
                .strip_prefix(group.module)
                .is_some_and(|below| below.is_empty() || below.starts_with("::"))
    });
    // The innermost module has the longest prefix; the others are part of it.
    let Some(group) = around.max_by_key(|group| group.module.len()) else {
        return;
    };
    if def.inherited {
        return;
    }
    // Written out in the route, the prefix is there too; layers and limits cannot be.
    let whole = format!("{}{}", def.prefix, def.pattern);
    let kept = whole
        .strip_prefix(group.prefix)
        .is_some_and(|below| below.is_empty() || below.starts_with('/'));
    if kept && !group.has_options {
        return;
    }
    let (pattern, prefix) = (def.pattern, group.prefix);
    let fault = if group.has_options {
        Fault::new(
            format!(
                "the route {pattern} is below a `#[routes(..)]` module, but did not get its layers and options"
            ),
            "the attribute sees only routes that are written out in the module under toolkit-zero's own names: declare it \
             there, and outside of a macro",
        )
    } else {
        let whole = Pattern::parse(pattern).and_then(|pattern| pattern.prefixed(prefix));
        let whole = whole.map_or_else(|_| pattern.to_owned(), |whole| whole.as_str().to_owned());
        Fault::new(
            format!(
                "the route {pattern} is below `#[routes(\"{prefix}\")]`, but did not get its prefix"
            ),
            format!(
                "the attribute sees only routes that are written out in the module: write `{whole}` in the route, or \
                 declare it outside of a macro"
            ),
        )
    };
    faults.push(
        fault
            .at(def.origin, "the route")
            .at(group.origin, "the module"),
    );
}
