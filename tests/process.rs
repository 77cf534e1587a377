//! `#[toolkit_zero::main]` as processes: its forms, signals, exit codes, settings, and what it writes to stderr.
//!
//! DESIGN section 7. Nothing here sleeps: everything waits for a line, an answer or an end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tests::program::{Build, Program, Temporary, answer};

static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/programs/Cargo.toml");
    Build::of(manifest, target())
        .argument("--workspace")
        .cargo("build");
    Path::new(target()).join("debug")
});

fn target() -> &'static str {
    concat!(env!("CARGO_TARGET_TMPDIR"), "/fixtures")
}

fn path(name: &str) -> PathBuf {
    PROGRAMS.join(name)
}

fn serving(name: &str, settings: &[(&str, &str)]) -> Program {
    Program::serving(&path(name), settings)
}

/// What the program `name` says before it ends with 1; it never serves.
fn refusal(name: &str, settings: &[(&str, &str)]) -> String {
    let text = Program::start(&path(name), settings).ended_with(1);
    assert!(!text.contains("serving on"), "{text}");
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    text
}

// The forms of `main`

#[cfg(unix)]
#[test]
fn the_plain_form_serves_until_a_signal() {
    for signal in ["TERM", "INT"] {
        let program = serving("plain", &[]);
        assert_eq!(program.ask("GET", "/ping"), (200, "pong".to_owned()));
        program.signal(signal);
        let text = program.ended_with(0);
        assert!(
            text.contains("stopping; a second signal cuts what is left"),
            "{text}"
        );
        assert!(text.contains(signal), "{text}");
        assert!(text.contains("drained in"), "{text}");
    }
}

/// As soon as the address is told, a signal drains.
#[cfg(unix)]
#[test]
fn a_signal_right_after_the_start_drains() {
    for name in ["plain", "beside"] {
        for _ in 0..10 {
            let program = serving(name, &[]);
            program.signal("TERM");
            program.ended_with(0);
        }
    }
}

#[cfg(unix)]
#[test]
fn the_form_with_a_server_configures_it_before_the_boot() {
    let program = serving("configured", &[("GREETING", "good day")]);
    assert_eq!(
        program.ask("GET", "/greeting"),
        (200, "good day".to_owned())
    );
    program.signal("TERM");
    program.ended_with(0);
}

#[test]
fn an_error_before_the_boot_is_one_sentence_and_exits_1() {
    let text = refusal("configured", &[]);
    assert_eq!(text, "error: environment variable not found");
}

#[cfg(unix)]
#[test]
fn the_form_beside_the_server_runs_after_the_boot() {
    let mut program = serving("beside", &[]);
    program.line("main has begun");
    assert_eq!(program.ask("GET", "/added"), (200, "added".to_owned()));
    program.signal("TERM");
    program.ended_with(0);
}

#[cfg(unix)]
#[test]
fn a_signal_drops_the_function_beside_the_server_and_drains() {
    let mut program = serving("beside", &[("THEN", "wait")]);
    program.line("main has begun");
    let slow = program.send("GET", "/slow");
    program.line("slow has begun");
    program.signal("TERM");
    program.line("main is dropped");
    program.write("in flight");
    assert_eq!(answer(slow), Some((200, "in flight".to_owned())));
    program.ended_with(0);
}

#[test]
fn an_error_beside_the_server_drains_and_exits_1() {
    let mut program = serving("beside", &[("THEN", "fail")]);
    program.line("main has begun");
    let slow = program.send("GET", "/slow");
    program.line("slow has begun");
    assert_eq!(program.ask("POST", "/fail").0, 200);
    program.write("in flight");
    assert_eq!(answer(slow), Some((200, "in flight".to_owned())));
    let text = program.ended_with(1);
    assert!(text.contains("drained in"), "{text}");
    assert!(text.ends_with("error: main was told to fail"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_signal_cuts_the_drain_after_an_error_beside_the_server() {
    let mut program = serving("beside", &[("THEN", "fail")]);
    program.line("main has begun");
    let _forever = program.send("GET", "/forever");
    program.line("forever has begun");
    assert_eq!(program.ask("POST", "/fail").0, 200);
    program.line("main has failed");
    program.signal("TERM");
    let text = program.ended_with(1);
    assert!(text.contains("cutting what is left"), "{text}");
}

#[cfg(unix)]
#[test]
fn the_form_by_hand_boots_and_waits_by_itself() {
    let mut program = serving("by_hand", &[]);
    program.line("waiting");
    assert_eq!(program.table().len(), 1, "{}", program.seen());
    assert_eq!(program.ask("GET", "/greeting"), (200, "hello".to_owned()));
    program.signal("TERM");
    let text = program.ended_with(0);
    assert!(text.ends_with("by hand: over"), "{text}");
}

#[test]
fn the_form_by_hand_reports_its_boot_error() {
    let text = refusal_of_many("by_hand_without_state", &[]);
    assert!(
        text.starts_with("error: the server cannot start: 1 fault"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_main_of_tokio_works_as_well() {
    let mut program = serving("tokio_main", &[]);
    program.line("waiting");
    assert_eq!(program.ask("GET", "/ping"), (200, "pong".to_owned()));
    program.signal("INT");
    let text = program.ended_with(0);
    assert!(text.ends_with("over"), "{text}");
}

// The check

#[test]
fn the_check_runs_what_gives_states_and_binds_nothing() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let settings = [
        ("TOOLKIT_ZERO_CHECK", "1"),
        ("GREETING", "x"),
        ("TOOLKIT_ZERO_ADDR", &addr),
    ];
    for name in ["plain", "configured", "beside", "by_hand"] {
        let text = Program::start(&path(name), &settings).ended_with(0);
        assert_eq!(text, "the routes are in order", "{name}");
    }
}

#[test]
fn the_check_of_a_faulty_program_exits_1() {
    for name in ["faults", "by_hand_without_state"] {
        let text = refusal_of_many(name, &[("TOOLKIT_ZERO_CHECK", "1")]);
        assert!(text.contains("the server cannot start"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn only_main_reads_the_check() {
    let mut program = serving("tokio_main", &[("TOOLKIT_ZERO_CHECK", "1")]);
    program.line("waiting");
    assert_eq!(program.ask("GET", "/ping").0, 200);
    program.signal("TERM");
    program.ended_with(0);
}

/// As `refusal`, with any number of faults.
fn refusal_of_many(name: &str, settings: &[(&str, &str)]) -> String {
    let text = Program::start(&path(name), settings).ended_with(1);
    assert!(text.starts_with("error: "), "{text}");
    text
}

// Draining

#[cfg(unix)]
#[test]
fn a_signal_lets_the_request_in_flight_finish() {
    for signal in ["TERM", "INT"] {
        let mut program = serving("plain", &[]);
        let slow = program.send("GET", "/slow");
        program.line("slow has begun");
        program.signal(signal);
        program.line("stopping");
        program.write("answered");
        assert_eq!(answer(slow), Some((200, "answered".to_owned())));
        let text = program.ended_with(0);
        assert!(text.contains("1 completed, 0 aborted"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_cuts() {
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM")] {
        let mut program = serving("plain", &[]);
        let forever = program.send("GET", "/forever");
        program.line("forever has begun");
        program.signal(first);
        program.line("stopping");
        program.signal(second);
        let text = program.ended_with(0);
        assert!(text.contains("cutting what is left"), "{text}");
        assert!(text.contains("0 completed, 1 aborted"), "{text}");
        assert_eq!(answer(forever), None);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_cuts_a_thread_that_never_returns() {
    let mut program = serving("plain", &[]);
    let stuck = program.send("GET", "/stuck");
    program.line("stuck has begun");
    program.signal("TERM");
    program.line("stopping");
    program.signal("TERM");
    let text = program.ended_with(0);
    assert!(text.contains("0 completed, 1 aborted"), "{text}");
    assert_eq!(answer(stuck), None);
}

/// As an orchestrator stops it: nobody is sent there any more, those who come meanwhile are served, and then it ends.
#[cfg(unix)]
#[test]
fn a_signal_is_announced_to_those_who_ask_while_everybody_is_served() {
    let mut program = serving("announced", &[("ANNOUNCE", "1500")]);
    assert_eq!(program.ask("GET", "/readyz").0, 200);
    program.signal("TERM");
    program.line("it goes on accepting");
    // Each on a connection of its own, until one is refused.
    let (mut served, mut unready) = (0, 0);
    while let Some(stream) = program.try_send("GET", "/ping") {
        assert_eq!(answer(stream), Some((200, "pong".to_owned())));
        served += 1;
        let Some(stream) = program.try_send("GET", "/readyz") else {
            break;
        };
        let (status, _) = answer(stream).unwrap();
        assert_eq!(status, 503);
        unready += 1;
    }
    assert!(served > 0 && unready > 0, "{served} {unready}");
    let text = program.ended_with(0);
    assert!(text.contains("drained in"), "{text}");
    assert!(text.contains("0 aborted"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_second_signal_cuts_an_announcement_short() {
    let mut program = serving("announced", &[("ANNOUNCE", "3600000")]);
    program.signal("TERM");
    program.line("it goes on accepting");
    program.signal("TERM");
    let text = program.ended_with(0);
    assert!(text.contains("cutting what is left"), "{text}");
    assert!(text.contains("everything was answered"), "{text}");
}

// Settings

#[test]
fn an_address_in_use_is_one_error() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let text = refusal("plain", &[("TOOLKIT_ZERO_ADDR", &addr)]);
    assert!(
        text.starts_with(&format!("error: {addr} cannot be bound: ")),
        "{text}"
    );
    assert!(text.contains("another program listens there"), "{text}");
    assert!(text.lines().count() <= 2, "{text}");
}

#[cfg(unix)]
#[test]
fn the_address_of_the_environment_is_served() {
    for addr in ["127.0.0.1:0", "localhost:0"] {
        let program = serving("plain", &[("TOOLKIT_ZERO_ADDR", addr)]);
        assert!(program.addr().ip().is_loopback() && program.addr().port() != 0);
        assert_eq!(program.ask("GET", "/ping").0, 200);
    }
}

#[test]
fn a_bad_address_in_the_environment_is_one_error() {
    for addr in ["", "8080", "127.0.0.1", "127.0.0.1:99999", ":"] {
        let text = refusal("plain", &[("TOOLKIT_ZERO_ADDR", addr)]);
        let wanted =
            format!("error: TOOLKIT_ZERO_ADDR is `{addr}`: it must be an address and a port");
        assert!(text.starts_with(&wanted), "{text}");
    }
}

#[test]
fn the_workers_of_the_environment_win_over_those_of_the_attribute() {
    let program = serving("plain", &[]);
    assert_eq!(program.ask("GET", "/workers"), (200, "3".to_owned()));
    let program = serving("plain", &[("TOOLKIT_ZERO_WORKERS", "2")]);
    assert_eq!(program.ask("GET", "/workers"), (200, "2".to_owned()));
}

#[test]
fn bad_workers_in_the_environment_are_one_error() {
    for workers in ["", "0", "-1", "two", "1.5"] {
        let text = refusal("plain", &[("TOOLKIT_ZERO_WORKERS", workers)]);
        let wanted =
            format!("error: TOOLKIT_ZERO_WORKERS is `{workers}`: it must be a number from 1 on");
        assert_eq!(text, wanted);
    }
}

#[cfg(unix)]
#[test]
fn a_setting_that_is_no_text_is_one_error() {
    use std::os::unix::ffi::OsStrExt;
    for name in ["TOOLKIT_ZERO_ADDR", "TOOLKIT_ZERO_WORKERS"] {
        let value = std::ffi::OsStr::from_bytes(b"\xff1");
        let text = Program::start(&path("plain"), &[(name, value)]).ended_with(1);
        assert!(text.starts_with(&format!("error: {name} is ")), "{text}");
    }
}

// What is written to stderr

#[test]
fn a_panic_of_a_handler_is_shown_and_the_server_goes_on() {
    let mut program = serving("plain", &[]);
    assert_eq!(program.ask("GET", "/panic").0, 500);
    program.line("ERROR");
    assert!(
        program.seen().contains("this handler always does"),
        "{}",
        program.seen()
    );
    assert_eq!(program.ask("GET", "/ping").0, 200);
}

#[test]
fn a_subscriber_of_the_program_stays() {
    let mut program = serving("subscriber", &[]);
    assert_eq!(program.ask("GET", "/panic").0, 500);
    let line = program.line("OURS ERROR");
    assert!(line.contains("this handler always does"), "{line}");
}

#[test]
fn a_filter_does_not_hide_the_start_report() {
    let program = serving("plain", &[("RUST_LOG", "off")]);
    assert!(
        program
            .table()
            .iter()
            .any(|(_, pattern, _)| pattern == "/ping"),
        "{}",
        program.seen()
    );
}

#[test]
fn a_filter_that_cannot_be_read_is_told() {
    let program = serving("plain", &[("RUST_LOG", "loud=very")]);
    assert!(
        program.seen().contains("RUST_LOG cannot be read"),
        "{}",
        program.seen()
    );
}

#[test]
fn an_access_event_is_written_at_debug() {
    let mut program = serving("plain", &[("RUST_LOG", "debug")]);
    assert_eq!(program.ask("GET", "/ping").0, 200);
    let line = program.line("/ping");
    assert!(line.contains("DEBUG") && line.contains("200"), "{line}");
}

// The first program

/// With a manifest that has toolkit-zero and serde, and nothing else.
#[test]
fn the_first_program_builds_in_a_fresh_directory() {
    const PROGRAM: &str = r#"use serde::Serialize;
use toolkit_zero::prelude::*;

#[derive(Serialize)]
struct Pong { ok: bool }

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

#[toolkit_zero::main]
async fn main() {}
"#;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fresh = Temporary::new("first");
    std::fs::create_dir_all(fresh.0.join("src")).unwrap();
    let framework = here.join("../toolkit-zero").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"first\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         toolkit-zero = {{ path = {framework:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
    );
    std::fs::write(fresh.0.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(fresh.0.join("src/main.rs"), PROGRAM).unwrap();
    // Only so that what it depends on is what the fixtures have built.
    std::fs::copy(
        here.join("fixtures/programs/Cargo.lock"),
        fresh.0.join("Cargo.lock"),
    )
    .unwrap();
    let program = Build::of(fresh.0.join("Cargo.toml"), target()).program("first", "first");
    let program = Program::serving::<&str>(&program, &[]);
    assert_eq!(
        program.ask("GET", "/ping"),
        (200, r#"{"ok":true}"#.to_owned())
    );
}
