//! The boot: every check at once, before a socket is bound.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::background::BackgroundServer;
use super::contradictions::contradictions;
use super::control::Control;
use super::handover::Succession;
use super::running::Running;
use super::{BootError, Fault, Limits, Listen, Server, StartReport, probes};
use crate::dispatch::{Dispatch, HeadLimits, Watchdog};
use crate::message::{BlockingGate, Budget, Context, Provided};
use crate::routing::{RouteError, Routes, SocketType, Table, close, names_of};
use crate::transport::{Accepting, Secure};
#[cfg(feature = "tls")]
use {super::Tls, crate::routing::Origin};

/// A server whose routes are known to be in order.
#[derive(Debug)]
pub(super) struct Booted {
    pub(super) dispatch: Dispatch,
    pub(super) routes: Routes,
    pub(super) running: Arc<Running>,
    limits: Limits,
    secure: Option<Arc<Secure>>,
    handover: Option<PathBuf>,
    report: StartReport,
}

/// Checks everything that can be checked without a socket.
#[expect(clippy::too_many_lines, reason = "one check after the other")]
pub(super) fn boot(server: Server) -> Result<Booted, BootError> {
    let Server {
        routes,
        gathered,
        mut states,
        layers,
        limits,
        limited,
        trailing_slash,
        reshape,
        proxies,
        #[cfg(feature = "proxy-protocol")]
        introducers,
        life,
        readiness,
        liveness,
        announce,
        service,
        handover,
        timeout,
        watchdog,
        unseen,
        #[cfg(feature = "tls")]
        tls,
        ..
    } = server;
    let mut faults = gathered.faults;
    #[cfg(feature = "tls")]
    let secure = secure(tls, &mut faults);
    #[cfg(not(feature = "tls"))]
    let secure = None::<Arc<Secure>>;
    faults.extend(contradictions(limits.values(), limited));
    let control = Control::new(Running::new(
        life,
        limits.values().drain(),
        announce,
        service,
    ));
    let running = Arc::clone(control.running());
    states.insert(control);
    // The handle on the table is a state too, so its place is taken before the table is checked.
    states.insert(Routes::new(Table::default(), Provided::default()));
    let provided = states.provided();

    let readiness = readiness.map(|probe| probes::readiness(probe, &running));
    let probes = readiness.into_iter().chain(liveness.map(probes::liveness));
    let mut all = gathered.routes;
    all.extend(routes);
    all.extend(probes);
    let order = order_of(&all);
    #[cfg(feature = "files")]
    let absent = order.iter().filter_map(|&at| all[at].absent()).collect();
    let mut table = Table::default();
    table.trailing_slash = trailing_slash;
    table.timeout = timeout;
    let mut missing: BTreeMap<&'static str, Vec<SocketType>> = BTreeMap::new();
    let mut all: Vec<_> = all.into_iter().map(Some).collect();
    for route in order.into_iter().filter_map(|at| all[at].take()) {
        for need in route
            .states()
            .into_iter()
            .filter(|need| !provided.has(need.id))
        {
            missing.entry(need.name).or_default().push(route.clone());
        }
        // States are reported by type, below.
        if let Err(error) = table.add_unchecked(route) {
            faults.push(fault(&error));
        }
    }
    faults.extend(
        missing
            .into_iter()
            .map(|(state, routes)| missing_state(state, &routes, provided.names())),
    );
    if !faults.is_empty() {
        return Err(BootError::Faults(faults));
    }

    let routes = Routes::new(table, provided);
    states.insert(routes.clone());
    let values = limits.values();
    let context = Context {
        states,
        body_limit: values.body(),
        buffered: Budget::new(values.buffered()),
        blocking: BlockingGate::new(values.blocking_running(), values.blocking_waiting()),
        proxies,
        #[cfg(feature = "proxy-protocol")]
        introducers,
    };
    let head = HeadLimits {
        target: values.target(),
        headers: values.headers(),
    };
    let dispatch = Dispatch::new(
        routes.clone(),
        Arc::new(context),
        head,
        watchdog.map(Watchdog::start),
        &layers,
        reshape,
    );
    let mut report = StartReport::new(gathered.mounted, gathered.unmounted, unseen);
    if let Some(secure) = &secure {
        report.add(secure.remarks());
    }
    #[cfg(feature = "files")]
    report.add(absent);
    Ok(Booted {
        dispatch,
        routes,
        running,
        limits,
        secure,
        handover,
        report,
    })
}

/// Where the routes are, by pattern: what is told does not depend on the order in which they were declared.
///
/// Routes are large, and there may be many: they stay where they are, and the first bytes of the patterns tell most of
/// them apart without a look at the routes.
fn order_of(routes: &[SocketType]) -> Vec<usize> {
    let start = |route: &SocketType| {
        let mut start = [0; 16];
        let text = route.pattern().as_bytes();
        let len = text.len().min(start.len());
        start[..len].copy_from_slice(&text[..len]);
        u128::from_be_bytes(start)
    };
    let mut order: Vec<(u128, usize)> = routes.iter().map(start).zip(0..).collect();
    order.sort_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| {
            let (a, b) = (&routes[a.1], &routes[b.1]);
            a.pattern()
                .cmp(b.pattern())
                .then_with(|| names_of(a.methods()).cmp(&names_of(b.methods())))
                .then_with(|| a.origin().cmp(&b.origin()))
        })
    });
    order.into_iter().map(|(_, at)| at).collect()
}

impl Booted {
    /// What was found beside the routes.
    pub(super) fn report(&self) -> &StartReport {
        &self.report
    }

    /// Binds and serves.
    pub(super) fn serve(self, mut listens: Vec<Listen>) -> Result<BackgroundServer, BootError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| BootError::NoRuntime)?;
        let succession = Succession::begin(self.handover, &mut listens)?;
        let accepting = Accepting::bind(listens, self.secure, self.dispatch, &self.limits)?;
        self.running.begin(accepting, succession, &runtime);
        Ok(BackgroundServer::new(
            self.running,
            self.routes,
            self.report,
        ))
    }
}

/// Reads certificates and keys.
#[cfg(feature = "tls")]
fn secure(tls: Option<(Tls, Origin)>, faults: &mut Vec<Fault>) -> Option<Arc<Secure>> {
    let (tls, origin) = tls?;
    match Secure::new(tls) {
        Ok(secure) => Some(secure),
        Err(error) => {
            let defects = error.defects().iter();
            faults.extend(defects.map(|defect| {
                Fault::new(defect.what.clone(), defect.help.clone()).at(origin, "given here")
            }));
            None
        }
    }
}

fn fault(error: &RouteError) -> Fault {
    match error {
        RouteError::Conflict {
            method,
            pattern,
            existing_pattern,
            existing,
            added,
        } => {
            let other = if pattern == existing_pattern {
                String::new()
            } else {
                format!(" (`{existing_pattern}` and `{pattern}` match the same paths)")
            };
            let help = "change one pattern, or remove one of the two";
            Fault::new(format!("{method} {pattern} is declared twice{other}"), help)
                .at(*existing, "first")
                .at(*added, "again")
        }
        RouteError::Pattern { origin, source } => {
            let text = source.to_string();
            let drawn = text.split("\n= help").next().unwrap_or(&text);
            Fault::new(drawn, source.help()).at(*origin, "this route")
        }
        RouteError::MissingState { .. }
        | RouteError::NotFound { .. }
        | RouteError::NoPattern { .. }
        | RouteError::Nested => Fault::new(error.to_string(), ""),
    }
}

/// The name of a type without the paths of the standard library that everyone knows.
fn short(name: &str) -> String {
    const KNOWN: [&str; 8] = [
        "alloc::sync::",
        "alloc::string::",
        "alloc::vec::",
        "alloc::boxed::",
        "core::option::",
        "std::sync::poison::mutex::",
        "std::sync::poison::rwlock::",
        "std::collections::hash::map::",
    ];
    KNOWN
        .iter()
        .fold(name.to_owned(), |name, path| name.replace(path, ""))
}

/// How many of the routes that need a state are listed; the rest are counted.
const LISTED: usize = 3;

fn missing_state(state: &str, routes: &[SocketType], given: &[&'static str]) -> Fault {
    let close = short(&close(state, given));
    let state = short(state);
    let what = format!("no `{state}` was given, which `State<{state}>` asks for{close}");
    let help = if close.is_empty() {
        "add `server.state(value)` before the server starts".to_owned()
    } else {
        format!("give `{state}` to `server.state(..)`, or ask for the type that was given")
    };
    let fault = Fault::new(what, help);
    routes
        .iter()
        .enumerate()
        .fold(fault, |fault, (index, route)| {
            let role = format!("{} {}", names_of(route.methods()), route.pattern());
            match index {
                index if index + 1 == LISTED && routes.len() > LISTED => fault.at(
                    route.origin(),
                    format!("{role}, and {} more", routes.len() - LISTED),
                ),
                index if index >= LISTED => fault,
                _ => fault.at(route.origin(), role),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::ServerMechanism;

    #[test]
    fn routes_are_in_the_order_of_their_patterns_however_much_these_have_in_common() {
        let sorted = [
            "/",
            "/a",
            "/a/",
            "/aa",
            "/aaaaaaaaaaaaaa",
            "/aaaaaaaaaaaaaaa",
            "/aaaaaaaaaaaaaaa/",
            "/aaaaaaaaaaaaaaab",
            "/aaaaaaaaaaaaaaabb",
            "/b",
            "/\u{e9}",
            "/\u{ffff}",
        ];
        let route = |pattern: &&str| ServerMechanism::get(*pattern).onconnect(|| async {});
        for turned in 0..sorted.len() {
            let mut routes: Vec<_> = sorted.iter().map(route).collect();
            routes.rotate_left(turned);
            routes.reverse();
            let order = order_of(&routes);
            let told = order.iter().map(|&at| routes[at].pattern());
            assert!(told.eq(sorted), "{turned}");
        }
    }
}
