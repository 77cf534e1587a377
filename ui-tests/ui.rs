//! What a wrong program is told, and which programs are right.
//!
//! Every `.stderr` is product text. `UI_OVERWRITE=1` writes them anew (then read them); `UI_CASE=name` runs the cases whose
//! path holds the name. A case begins with directives: see [`Case`].

#![allow(
    clippy::expect_used,
    reason = "a harness that is broken is a failed test"
)]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "cargo and this folder write their names in lower case"
)]

#[path = "runner/case.rs"]
mod case;
#[path = "runner/compiler.rs"]
mod compiler;
#[path = "runner/report.rs"]
mod report;

use case::Case;
use compiler::Compiler;

/// One test a room, so that rooms run beside each other.
macro_rules! rooms {
    ($($test:ident $room:literal)*) => { $(
        #[test]
        fn $test() {
            let faults: Vec<String> = Case::all($room).iter().filter_map(refused).collect();
            assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
        }
    )* };
}

rooms! {
    wrong_patterns_are_drawn "fail/pattern"
    wrong_signatures_are_told_what_to_change "fail/signature"
    wrong_options_are_told_what_to_write "fail/option"
    wrong_types_are_named_where_they_stand "fail/extractor"
    wrong_entries_are_told_what_to_change "fail/entry"
    wrong_derives_are_told_what_to_write "fail/derive"
    newcomers_are_told_what_to_write "fail/newcomer"
}

/// Compiles a wrong program; what is not as expected.
fn refused(case: &Case) -> Option<String> {
    let compiler = Compiler::get();
    if case.words_of_rustc && !compiler.is_pinned() {
        eprintln!(
            "{}: skipped, its words are those of rustc {}",
            case.path,
            compiler::RUSTC
        );
        return None;
    }
    let told = compiler.check(case);
    if report::overwrite() {
        case.write(&told.text);
    }
    let mut faults = told.noise(case);
    if told.errors != case.errors {
        faults.push(format!("{} errors instead of {}", told.errors, case.errors));
    }
    faults.extend(report::difference(case, &told.text));
    (!faults.is_empty()).then(|| format!("{}: {}\n{}", case.path, faults.join("; "), told.text))
}

#[test]
fn right_programs_compile_and_run() {
    let compiler = Compiler::get();
    let programs = Case::all("pass");
    let faults: Vec<String> =
        compiler::beside_each_other(&programs, |case| compiler.run(case).err());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_readme_names_every_program_and_no_other() {
    let readme = include_str!("README.md");
    let named = |path: &str| readme.contains(&format!("`{path}`"));
    for room in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fail")).expect("rooms") {
        let room = room.expect("a room").file_name();
        for case in Case::all(&format!("fail/{}", room.display())) {
            assert!(named(&case.path), "{} is not in the readme", case.path);
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = readme.split('`').filter(|text| text.ends_with(".rs"));
    for path in paths {
        assert!(root.join(path).is_file(), "{path} is gone");
    }
    let cases = readme.lines().filter(|line| line.starts_with("| F"));
    assert_eq!(cases.count(), 98);
}

/// What is told may say where to read more. There has to be something.
#[test]
fn every_link_to_the_guide_leads_to_a_section() {
    const LINK: &str = "/guide/errors/#";
    let guide = include_str!("../toolkit-zero/src/guide/errors.rs");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for room in std::fs::read_dir(root.join("fail")).expect("rooms") {
        let files = std::fs::read_dir(room.expect("a room").path()).expect("cases");
        for file in files {
            let path = file.expect("a file").path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(path).expect("text");
            for link in text.split(LINK).skip(1) {
                let id: String = link.chars().take_while(char::is_ascii_lowercase).collect();
                let anchor = format!("<a id=\"{id}\"></a>");
                assert!(guide.contains(&anchor), "no section {id}");
                links += 1;
            }
        }
    }
    assert!(links > 10, "{links}");
}
