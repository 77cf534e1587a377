//! Writes the routes.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut source = String::new();
    for number in 0..10_000 {
        writeln!(
            source,
            "#[get(\"/route{number}\")] async fn route{number}() -> &'static str {{ \"here\" }}"
        )
        .expect("a string");
    }
    let out = std::env::var_os("OUT_DIR").expect("cargo runs this");
    std::fs::write(Path::new(&out).join("routes.rs"), source).expect("a file");
}
