//! What is gathered at link time, over real workspaces: built by cargo, started, asked.
//!
//! DESIGN section 6. `TOOLKIT_ZERO_LONG=1` adds fat LTO and a build from `cargo package`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tests::program::{Build, Program, Temporary};

const CHECK: (&str, &str) = ("TOOLKIT_ZERO_CHECK", "1");

/// What the shop mounts, and the file that declares it.
const MOUNTED: [(&str, &str, &str); 15] = [
    ("GET", "/", "shop/src/main.rs"),
    ("GET", "/admin", "admin-kit/src/lib.rs"),
    ("GET", "/admin/doors", "admin-kit/src/lib.rs"),
    ("GET", "/catalog", "shop/src/lib.rs"),
    ("DELETE", "/catalog/{item}", "shop/src/lib.rs"),
    ("PUT", "/catalog/{item}", "shop/src/lib.rs"),
    ("GET", "/host", "host/src/lib.rs"),
    ("GET", "/hours", "shop/src/lib.rs"),
    ("GET", "/orders", "orders/src/lib.rs"),
    ("GET", "/pay", "payments/src/lib.rs"),
    ("GET", "/shelves", "shelves/src/lib.rs"),
    ("GET", "/sizes", "sizes/src/lib.rs"),
    ("GET", "/stock", "stock/src/lib.rs"),
    ("GET", "/users", "users/src/lib.rs"),
    ("GET", "/users/{id}", "users/src/lib.rs"),
];

const REVIEWS: (&str, &str, &str) = ("GET", "/reviews", "reviews/src/lib.rs");

static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    fixture("programs").argument("--workspace").cargo("build");
    target().join("debug")
});

#[test]
fn the_shop_mounts_what_the_policy_says() {
    let shop = shop().program("shop", "shop");
    mounts_as_expected(&shop, false);
}

#[test]
fn a_release_mounts_the_same() {
    let shop = shop().release().program("shop", "shop");
    mounts_as_expected(&shop, false);
}

#[test]
fn a_feature_brings_the_routes_of_its_crate() {
    let shop = shop()
        .argument("--features")
        .argument("reviews")
        .program("shop", "shop-with-reviews");
    mounts_as_expected(&shop, true);
}

#[test]
fn tests_of_the_shop_link_and_mount_by_themselves() {
    let text = shop()
        .argument("--features")
        .argument("reviews")
        .cargo("test");
    for name in [
        "a_linked_crate_is_mounted_beside_the_neighbours",
        "a_unit_test_of_the_binary_mounts_what_the_binary_does",
        "collected_links_the_library_and_the_neighbours",
        "without_links_only_the_routes_of_the_test_are_there",
    ] {
        assert!(
            text.lines()
                .any(|line| line.contains(name) && line.ends_with("ok")),
            "{name}\n{text}"
        );
    }
}

#[test]
fn the_check_of_a_sound_program_binds_nothing_and_exits_0() {
    let shop = shop().program("shop", "shop");
    // An address that nobody has: it is not touched.
    let text = Program::start(&shop, &[CHECK, ("TOOLKIT_ZERO_ADDR", "192.0.2.1:1")]).ended_with(0);
    assert!(text.contains("the routes are in order"), "{text}");
    assert!(text.contains("crates(audit_kit)"), "{text}");
    assert!(!text.contains("serving on"), "{text}");
}

#[test]
fn every_mistake_is_told_with_its_places_before_the_bind() {
    for settings in [&[CHECK][..], &[("TOOLKIT_ZERO_ADDR", "192.0.2.1:1")][..]] {
        let text = Program::start(&PROGRAMS.join("faults"), settings).ended_with(1);
        assert!(text.contains("the server cannot start: 5 faults"), "{text}");
        assert_eq!(text.matches("\nerror: ").count(), 5, "{text}");
        let file = "programs/src/bin/faults.rs";
        for (what, places, help) in [
            (
                "GET /users/{name} is declared twice (`/users/{id}` and `/users/{name}` match the same paths)",
                &["#[get(\"/users/{id}\")]", "#[get(\"/users/{name}\")]"][..],
                "change one pattern, or remove one of the two",
            ),
            (
                "the route /lost is below `#[routes(\"/api\")]`, but did not get its prefix",
                &["declare!(\"/lost\", lost);", "#[routes(\"/api\")]"],
                "write `/api/lost` in the route",
            ),
            (
                "the route /unguarded is below a `#[routes(..)]` module, but did not get its layers and options",
                &[
                    "declare!(\"/unguarded\", unguarded);",
                    "#[routes(timeout = \"2s\")]",
                ],
                "declare it there, and outside of a macro",
            ),
            (
                "a path must start with `/`",
                &["ServerMechanism::get(\"no-slash\")"],
                "write `\"/no-slash\"`",
            ),
            (
                "no `faults::Database` was given",
                &["#[get(\"/users/{id}\")]"],
                "add `server.state(value)`",
            ),
        ] {
            let fault = text.split("\n\nerror: ").find(|fault| fault.contains(what));
            let fault = fault.unwrap_or_else(|| panic!("no `{what}`:\n{text}"));
            assert!(fault.contains(help), "{fault}");
            for place in places {
                let place = format!("{file}:{}", line_of(&format!("programs/{file}"), place));
                assert!(fault.contains(&place), "{place}\n{fault}");
            }
        }
        assert!(!text.contains("cannot be bound"), "{text}");
    }
}

#[test]
fn a_route_that_writes_its_lost_prefix_is_sound() {
    let text = Program::start(&PROGRAMS.join("prefix_written"), &[CHECK]).ended_with(0);
    assert!(text.contains("the routes are in order"), "{text}");
}

#[test]
fn a_module_compiled_twice_is_one_fault_with_the_line_to_write() {
    let text = Program::start(&PROGRAMS.join("twice"), &[CHECK]).ended_with(1);
    for part in [
        "the server cannot start: 1 fault\n",
        "twice/src/users.rs is compiled into both the library and the binary",
        "twice/src/users.rs:5 ",
        "twice/src/users.rs:10 ",
        "in src/main.rs write `use twice::users;` instead of `mod users;`",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_listed_crate_without_routes_is_a_fault() {
    let text = Program::start(&PROGRAMS.join("empty"), &[CHECK]).ended_with(1);
    for part in [
        "the server cannot start: 1 fault\n",
        "the crate `quiet` is listed in `crates(..)`, but declares no route",
        "empty/src/main.rs:10 ",
        "remove `quiet` from the list",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn duplicates_across_crates_name_both_places() {
    let text = Program::start(&PROGRAMS.join("same"), &[CHECK]).ended_with(1);
    for part in [
        "GET /echo is declared twice",
        "echo/src/lib.rs:5 ",
        "same/src/main.rs:5 ",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn fat_lto_mounts_the_same() {
    if !is_long("fat LTO") {
        return;
    }
    let shop = shop()
        .release()
        .setting("CARGO_PROFILE_RELEASE_LTO", "fat")
        .setting("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .program("shop", "shop-fat");
    mounts_as_expected(&shop, false);
}

/// As from the registry: every package beside the others, without the workspace around them.
#[test]
fn a_packaged_build_mounts_the_same_or_says_so() {
    if !is_long("a build from `cargo package`") {
        return;
    }
    let unpacked = Temporary::new("packaged");
    let package = fixture("workspace")
        .argument("--workspace")
        .argument("--exclude=samples");
    let package = package
        .argument("--no-verify")
        .argument("--allow-dirty")
        .argument("--exclude-lockfile");
    package.cargo("package");
    let mut shop = Build::of(unpacked.0.join("shop-0.1.0/Cargo.toml"), target());
    let mut patch = |name: &str, path: &Path| {
        shop = shop
            .clone()
            .argument("--config")
            .argument(format!("patch.crates-io.{name}.path={path:?}"));
    };
    for entry in fs::read_dir(target().join("package")).unwrap() {
        let archive = entry.unwrap().path();
        let Some(name) = archive
            .file_name()
            .unwrap()
            .to_str()
            .and_then(|name| name.strip_suffix("-0.1.0.crate"))
        else {
            continue;
        };
        // Where a distribution builds, nothing is beside the package: there it cannot be looked into.
        let place = if name == "users" {
            unpacked.0.join("elsewhere")
        } else {
            unpacked.0.clone()
        };
        fs::create_dir_all(&place).unwrap();
        let status = Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .arg("-C")
            .arg(&place)
            .status();
        assert!(status.unwrap().success(), "{}", archive.display());
        if name != "shop" {
            patch(name, &place.join(format!("{name}-0.1.0")));
        }
    }
    for name in ["admin-kit", "audit-kit"] {
        patch(name, &fixtures().join("outside").join(name));
    }
    patch(
        "toolkit-zero",
        &fixtures()
            .join("../../toolkit-zero")
            .canonicalize()
            .unwrap(),
    );
    fs::copy(
        fixtures().join("workspace/Cargo.lock"),
        unpacked.0.join("shop-0.1.0/Cargo.lock"),
    )
    .unwrap();

    let shop = Program::serving::<&str>(&shop.program("shop", "shop-packaged"), &[]);
    let expected: Vec<_> = expected(false)
        .into_iter()
        .filter(|(_, pattern)| !pattern.starts_with("/users") && *pattern != "/sizes")
        .collect();
    let table = shop.table();
    let rows: Vec<_> = table
        .iter()
        .map(|(method, pattern, _)| (method.as_str(), pattern.as_str()))
        .collect();
    assert_eq!(rows, expected, "{}", shop.seen());
    for line in [
        // It is inherited from a workspace that is not there.
        "1 route of the crate `sizes` is not mounted; to mount it write `#[toolkit_zero::main(crates(measures))]`",
        "this packaged build cannot see whether the crate `users` declares routes; if it does, write `#[toolkit_zero::main(crates(users))]`",
        "2 routes of the crate `audit-kit` are not mounted",
        "1 route of the crate `pricing` is not mounted",
    ] {
        assert_eq!(
            shop.seen().matches(line).count(),
            1,
            "{line}\n{}",
            shop.seen()
        );
    }
    assert_eq!(
        shop.seen().matches("this packaged build").count(),
        1,
        "{}",
        shop.seen()
    );
    assert_eq!(shop.ask("GET", "/stock").0, 200);
}

/// What the shop mounts, as the start report sorts it.
fn expected(with_reviews: bool) -> Vec<(&'static str, &'static str)> {
    let mut expected: Vec<_> = MOUNTED
        .into_iter()
        .chain(with_reviews.then_some(REVIEWS))
        .filter(|(_, pattern, _)| *pattern != "/host" || cfg!(unix))
        .map(|(method, pattern, _)| (method, pattern))
        .collect();
    expected.sort_by_key(|(method, pattern)| (*pattern, *method));
    expected
}

/// Starts the shop, reads its report, asks it.
fn mounts_as_expected(shop: &Path, with_reviews: bool) {
    let program = Program::serving::<&str>(shop, &[]);
    let expected = expected(with_reviews);
    let table = program.table();
    let rows: Vec<_> = table
        .iter()
        .map(|(method, pattern, _)| (method.as_str(), pattern.as_str()))
        .collect();
    assert_eq!(rows, expected, "{}", program.seen());
    for (_, pattern, origin) in &table {
        let row = MOUNTED
            .iter()
            .chain([&REVIEWS])
            .find(|row| row.1 == *pattern);
        let (.., file) = row.unwrap_or_else(|| panic!("{pattern}"));
        assert!(origin.contains(&format!("{file}:")), "{pattern}: {origin}");
    }

    let report = program.seen();
    let count = expected.len();
    let crates = if with_reviews { 10 } else { 9 };
    assert!(
        report.contains(&format!("{count} routes from {crates} crates: ")),
        "{report}"
    );
    assert!(report.contains(", shop 5, "), "{report}");
    for line in [
        "2 routes of the crate `audit-kit` are not mounted; to mount them write `#[toolkit_zero::main(crates(audit_kit))]`",
        "1 route of the crate `pricing` is not mounted; to mount it write `#[toolkit_zero::main(crates(pricing))]`",
    ] {
        assert_eq!(report.matches(line).count(), 1, "{line}\n{report}");
    }
    assert_eq!(report.matches("not mounted").count(), 2, "{report}");

    for (target, body) in [
        ("/", "shop"),
        ("/admin", "admin"),
        ("/admin/doors", "locked"),
        ("/catalog", "everything"),
        ("/hours", r#"{"from":9,"to":17}"#),
        ("/pay", "pay"),
        ("/shelves", "shelves"),
        ("/users/7", "user 7"),
    ] {
        assert_eq!(
            program.ask("GET", target),
            (200, body.to_owned()),
            "{target}"
        );
    }
    assert_eq!(
        program.ask("DELETE", "/catalog/tea"),
        (200, "tea".to_owned())
    );
    let reviews = if with_reviews { 200 } else { 404 };
    for (target, status) in [
        ("/reviews", reviews),
        ("/audit", 404),
        ("/prices", 404),
        ("/doors", 404),
        ("/registry", 404),
    ] {
        assert_eq!(program.ask("GET", target).0, status, "{target}");
    }
}

/// The line of `text` in a file of the fixtures, counted from 1.
fn line_of(file: &str, text: &str) -> usize {
    let path = fixtures()
        .join("programs")
        .join(file.strip_prefix("programs/").unwrap_or(file));
    let source =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let at = source.lines().position(|line| line.contains(text));
    at.unwrap_or_else(|| panic!("no `{text}` in {file}")) + 1
}

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"))
}

fn target() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/fixtures"))
}

fn fixture(name: &str) -> Build {
    Build::of(fixtures().join(name).join("Cargo.toml"), target())
}

fn shop() -> Build {
    fixture("workspace").argument("--package").argument("shop")
}

/// The long cases are run with `TOOLKIT_ZERO_LONG=1` only.
fn is_long(what: &str) -> bool {
    let is = std::env::var_os("TOOLKIT_ZERO_LONG").is_some_and(|value| value == "1");
    if !is {
        // Not by the macro, whose output is shown for failures only.
        let line = format!("skipped: {what}; it runs with TOOLKIT_ZERO_LONG=1\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    is
}
