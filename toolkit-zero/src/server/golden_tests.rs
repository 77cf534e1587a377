//! What a program is told that cannot start: `tests/golden/*.txt`, product text that is read in review.
//!
//! `GOLDEN_OVERWRITE=1` writes the files anew.

use std::any::TypeId;
use std::sync::Arc;

use super::boot::boot;
use super::{BootError, Limits, Server};
use crate::declare::{Group, Linked, Mount, RouteDef, choose};
use crate::extract::Meta;
use crate::message::{BoxFuture, Request};
use crate::reply::IntoResponse;
use crate::routing::Origin;

#[derive(Clone)]
struct Db;

fn nothing(_: Request) -> BoxFuture {
    Box::pin(async { ().into_response() })
}

/// A route as an attribute in `file` of the package `app` or another one declares it.
fn route(
    package: &'static str,
    module: &'static str,
    (file, line): (&'static str, u32),
    function: &'static str,
    pattern: &'static str,
) -> &'static RouteDef {
    let meta: fn(&mut Meta) = if function.ends_with("_in_db") {
        |meta| meta.state::<Db>()
    } else {
        |_| {}
    };
    let origin = Origin::new(package, module, file, line, 1, function);
    let def = RouteDef::new(origin, &["GET"], pattern, nothing, meta, TypeId::of::<Db>());
    Box::leak(Box::new(def))
}

/// Boots a server with these, and compares what it says with the file.
fn is_told(
    name: &str,
    mounts: &'static [Mount],
    defs: &[&'static RouteDef],
    groups: &[&'static Group],
    links: &[&'static Linked],
    states: impl FnOnce(&mut Server),
) {
    let origin = Origin::new("app", "app", "src/main.rs", 3, 1, "main");
    let mut server = Server::default();
    server.gathered = choose("app", mounts, origin, defs, groups, links);
    states(&mut server);
    let error: BootError = boot(server).map(|_| ()).expect_err("the boot is refused");
    let told = format!("error: {error}\n").replace(module_path!(), "app");
    let file = format!("{}/../tests/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("GOLDEN_OVERWRITE").is_some() {
        std::fs::write(&file, &told).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(told, expected, "{file}");
}

#[test]
fn limits_that_contradict_each_other() {
    let limits = Limits::default()
        .buffered(1 << 20)
        .target(1 << 20)
        .connections(0);
    is_told(
        "limits_that_contradict_each_other",
        &[],
        &[route("app", "app", ("src/main.rs", 9), "user", "/users")],
        &[],
        &[],
        |server| {
            server.limits(limits);
            server.limited = Some(Origin::new("app", "app", "src/main.rs", 5, 12, "main"));
        },
    );
}

#[test]
fn duplicates_across_crates() {
    let mounts = &[Mount {
        package: "users-kit",
        prefix: "",
        named: true,
    }];
    let defs = [
        route("app", "app::users", ("src/users.rs", 12), "user", "/users"),
        route(
            "users-kit",
            "users_kit",
            ("users-kit/src/lib.rs", 40),
            "all",
            "/users",
        ),
    ];
    is_told("duplicates_across_crates", mounts, &defs, &[], &[], |_| {});
}

#[test]
fn equivalent_patterns() {
    let defs = [
        route(
            "app",
            "app::users",
            ("src/users.rs", 12),
            "by_id",
            "/users/{id}",
        ),
        route(
            "app",
            "app::users",
            ("src/users.rs", 20),
            "by_name",
            "/users/{name}",
        ),
    ];
    is_told("equivalent_patterns", &[], &defs, &[], &[], |_| {});
}

#[test]
fn a_module_compiled_twice() {
    let defs = [
        route(
            "app",
            "app::users",
            ("src/users.rs", 12),
            "user",
            "/users/{id}",
        ),
        route(
            "app",
            "app::users",
            ("src/users.rs", 12),
            "user",
            "/users/{id}",
        ),
        route("app", "app::users", ("src/users.rs", 20), "all", "/users"),
        route("app", "app::users", ("src/users.rs", 20), "all", "/users"),
    ];
    is_told("a_module_compiled_twice", &[], &defs, &[], &[], |_| {});
}

#[test]
fn a_state_that_nobody_gave() {
    let defs = [
        route(
            "app",
            "app",
            ("src/main.rs", 10),
            "user_in_db",
            "/users/{id}",
        ),
        route("app", "app", ("src/main.rs", 20), "all_in_db", "/users"),
        route("app", "app", ("src/main.rs", 30), "new_in_db", "/new"),
        route("app", "app", ("src/main.rs", 40), "old_in_db", "/old"),
    ];
    is_told("a_state_that_nobody_gave", &[], &defs, &[], &[], |_| {});
}

#[test]
fn a_state_given_behind_a_pointer() {
    let defs = [route(
        "app",
        "app",
        ("src/main.rs", 10),
        "user_in_db",
        "/users/{id}",
    )];
    is_told(
        "a_state_given_behind_a_pointer",
        &[],
        &defs,
        &[],
        &[],
        |server| {
            server.state(Arc::new(Db));
        },
    );
}

#[test]
fn an_empty_crate() {
    let mounts = &[Mount {
        package: "quiet",
        prefix: "",
        named: true,
    }];
    let origin = Origin::new("app", "app", "src/lib.rs", 5, 1, "");
    let linked = Box::leak(Box::new(Linked::new("app", "silent", origin)));
    is_told("an_empty_crate", mounts, &[], &[], &[linked], |_| {});
}

#[test]
fn a_lost_prefix() {
    let origin = Origin::new("app", "app", "src/main.rs", 8, 1, "api");
    let group = Box::leak(Box::new(Group::new("app::api", "/api/v1", origin)));
    let defs = [route(
        "app",
        "app::api",
        ("src/main.rs", 12),
        "lost",
        "/lost",
    )];
    is_told("a_lost_prefix", &[], &defs, &[group], &[], |_| {});
}

#[test]
fn several_faults_at_once() {
    let defs = [
        route(
            "app",
            "app",
            ("src/main.rs", 10),
            "user_in_db",
            "/users/{id}",
        ),
        route("app", "app", ("src/main.rs", 20), "again", "/users/{id}"),
        route("app", "app", ("src/main.rs", 30), "slashless", "users"),
    ];
    is_told("several_faults_at_once", &[], &defs, &[], &[], |_| {});
}
