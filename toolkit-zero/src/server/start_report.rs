//! What a person is told when a server starts.

use std::collections::BTreeMap;

use crate::routing::Snapshot;

/// What the boot found beside the routes themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct StartReport {
    mounted: BTreeMap<&'static str, usize>,
    /// By the name of the package, and what Rust calls it.
    unmounted: BTreeMap<(&'static str, &'static str), usize>,
    /// Crates that may declare routes which nobody has linked.
    unseen: Vec<&'static str>,
    /// What else is to be said.
    others: Vec<String>,
}

impl StartReport {
    pub(super) fn new(
        mounted: BTreeMap<&'static str, usize>,
        unmounted: BTreeMap<(&'static str, &'static str), usize>,
        unseen: &[&'static str],
    ) -> Self {
        let is_silent = |package: &&&str| {
            let mut unmounted = unmounted.keys();
            !mounted.contains_key(**package) && unmounted.all(|(known, _)| known != *package)
        };
        let unseen = unseen.iter().filter(is_silent).copied().collect();
        Self {
            mounted,
            unmounted,
            unseen,
            others: Vec::new(),
        }
    }

    /// Adds remarks.
    pub(super) fn add(&mut self, remarks: Vec<String>) {
        self.others.extend(remarks);
    }

    /// The remarks as log events.
    pub(super) fn log(&self) {
        for remark in self.remarks() {
            tracing::warn!("{remark}");
        }
    }

    /// One sentence a package that is linked but not mounted, and one for what makes panics deadly.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<String> = self
            .unmounted
            .iter()
            .map(|((package, library), count)| {
                format!(
                    "{count} {} of the crate `{package}` {} not mounted; to mount {} write `#[toolkit_zero::main(crates({library}))]`",
                    if *count == 1 { "route" } else { "routes" },
                    if *count == 1 { "is" } else { "are" },
                    if *count == 1 { "it" } else { "them" },
                )
            })
            .collect();
        remarks.extend(self.unseen.iter().map(|package| {
            let ident = package.replace('-', "_");
            format!(
                "this packaged build cannot see whether the crate `{package}` declares routes; if it does, write \
                 `#[toolkit_zero::main(crates({ident}))]`"
            )
        }));
        remarks.extend(self.others.iter().cloned());
        if cfg!(panic = "abort") {
            remarks
                .push("`panic = \"abort\"`: a panic in a handler ends the whole server".to_owned());
        }
        remarks
    }

    /// The table of routes, the remarks, and the addresses.
    pub(super) fn text(&self, urls: &[String], routes: &Snapshot) -> String {
        let mut text = String::new();
        let widest = |width: fn(&crate::routing::RouteInfo) -> usize| {
            routes.iter().map(width).max().unwrap_or(0)
        };
        let methods = widest(|route| route.method().as_str().len());
        let patterns = widest(|route| route.pattern().chars().count());
        let names = widest(|route| route.name().chars().count());
        for route in routes.iter() {
            let (method, pattern, name) = (route.method().as_str(), route.pattern(), route.name());
            let line = format!(
                "  {method:methods$}  {pattern:patterns$}  {name:names$}  {}",
                route.origin()
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        if routes.is_empty() {
            text.push_str(
                "  no routes: no function of this program has `#[get(..)]` or another route attribute, the crates that \
                 have them are not listed in `#[toolkit_zero::main(crates(..))]`, or no module declares their file\n",
            );
        }
        if self.mounted.len() > 1 {
            let parts: Vec<_> = self
                .mounted
                .iter()
                .map(|(package, count)| format!("{package} {count}"))
                .collect();
            let line = format!(
                "  {} routes from {} crates: {}\n",
                routes.len(),
                self.mounted.len(),
                parts.join(", ")
            );
            text.push_str(&line);
        }
        for remark in self.remarks() {
            text.extend(["  ", &remark, "\n"]);
        }
        for url in urls {
            text.extend(["serving on ", url, "\n"]);
        }
        text
    }
}
