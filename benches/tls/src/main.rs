//! User-space instructions of a TLS handshake, and of a request on a connection that is kept, beside raw hyper over
//! rustls (`tokio-rustls`) with its defaults. `cargo run --release -p tls`; needs valgrind.
//!
//! Both servers are in this program, with the same rustls, provider, certificate and kind of tickets. As in the
//! harness, what the difference of two runs took is divided by the difference of their counts.

mod load;
mod servers;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use load::Load;

const SERVERS: [&str; 2] = ["hyper", "toolkit-zero"];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [server, certificate, key] => {
            servers::serve(server, Path::new(certificate), Path::new(key))
        }
        _ => compare(),
    }
}

fn compare() {
    let folder = std::env::temp_dir().join(format!("tls-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let certificate = load::certificate(&folder);
    println!(
        "| server | handshake and a first request | request on a kept connection |\n|---|---|---|"
    );
    let mut base = None;
    for server in SERVERS {
        let cost = |load: Load| {
            let [few, many] = load.counts();
            let run = |count| measure(server, &folder, &certificate, load, count);
            let (few_took, many_took) = (run(few), run(many));
            many_took.saturating_sub(few_took) as f64 / (many - few) as f64
        };
        let costs = [cost(Load::Handshakes), cost(Load::Requests)];
        let base = *base.get_or_insert(costs);
        println!(
            "| {server} | {:.0} ({:.3}) | {:.0} ({:.3}) |",
            costs[0],
            costs[0] / base[0],
            costs[1],
            costs[1] / base[1]
        );
    }
    std::fs::remove_dir_all(&folder).expect("a folder");
}

/// What one run of the server takes.
fn measure(server: &str, folder: &Path, certificate: &[u8], load: Load, count: u64) -> u64 {
    let profile = folder.join("profile");
    let this = std::env::current_exe().expect("this program");
    let mut child = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(this)
        .arg(server)
        .args([folder.join("cert.pem"), folder.join("key.pem")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("valgrind; on Debian it is `apt-get install valgrind`");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out)
        .read_line(&mut line)
        .expect("an address");
    load.run(line.trim().parse().expect("an address"), certificate, count);
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());
    let text = std::fs::read_to_string(&profile).expect("a profile");
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    totals.expect("totals").trim().parse().expect("a number")
}
