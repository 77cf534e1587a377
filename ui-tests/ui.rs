//! What a wrong program is told. Every `.stderr` is product text; write it anew with `TRYBUILD=overwrite`, then read it.

/// The compiler whose words the expectations have.
const RUSTC: &str = "1.95";

#[test]
fn programs_are_accepted_or_told_what_to_change() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    if compiler().is_some_and(|version| version.starts_with(RUSTC)) {
        for room in ["pattern", "signature", "option", "extractor", "entry"] {
            cases.compile_fail(format!("fail/{room}/*.rs"));
        }
    } else {
        eprintln!("the expectations are those of rustc {RUSTC}: the failing programs are skipped");
    }
}

fn compiler() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc)
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ').nth(1).map(str::to_owned)
}
