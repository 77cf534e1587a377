//! What depends on how busy the machine is: rounds are interleaved, and only ratios mean anything.

use crate::client::{ITEM, Route};
use crate::options::Options;
use crate::report::Section;
use crate::servers::Running;
use crate::tools::{self, Load};

use super::{compare, interleaved, start_all, stop_all};

fn rounds(options: &Options) -> (usize, u64) {
    if options.short { (2, 1) } else { (7, 1) }
}

/// Requests of one second of the server's processor.
fn per_cpu_second(
    server: &Running,
    load: impl FnOnce() -> Result<f64, String>,
) -> Result<f64, String> {
    let before = server.cpu()?;
    let requests = load()?;
    let spent = server.cpu()?.saturating_sub(before).as_secs_f64();
    Ok(requests / spent.max(f64::EPSILON))
}

/// A script of wrk, which goes when it is dropped.
struct Script(std::path::PathBuf);

impl Script {
    fn new(name: &str, text: &str) -> Result<Self, String> {
        let file = std::env::temp_dir().join(format!("harness-{}-{name}.lua", std::process::id()));
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        Ok(Self(file))
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

fn post() -> Result<Script, String> {
    Script::new(
        "post",
        &format!(
            "wrk.method = 'POST'\nwrk.body = '{ITEM}'\nwrk.headers['content-type'] = 'application/json'\n"
        ),
    )
}

fn kept(server: &Running, route: &Route, seconds: u64, post: &Script) -> Result<Load, String> {
    if route.file == "items" {
        tools::wrk(server.addr, &route.path, seconds, &["-s", &post.path()])
    } else {
        tools::wrk(server.addr, &route.path, seconds, &[])
    }
}

pub fn requests(options: &Options) -> Result<Section, String> {
    let (rounds, seconds) = rounds(options);
    let routes = Route::all();
    let names: Vec<_> = routes.iter().map(|route| route.name.as_str()).collect();
    let mut section = Section::new(
        "requests",
        "Requests per second of the server's processor",
        "`wrk` on 16 connections that are kept; server and client on processors of their own, rounds interleaved: the median, the \
         ratio to raw hyper in the same round, and the least and greatest of these. More is better.",
        &names,
    );
    let post = post()?;
    let running = start_all(options, &[])?;
    let mut columns = Vec::new();
    for route in &routes {
        columns.push(interleaved(&running, rounds, |server| {
            per_cpu_second(server, || Ok(kept(server, route, seconds, &post)?.requests))
        })?);
    }
    stop_all(running)?;
    compare(&mut section, options, &columns);
    Ok(section)
}

pub fn latency(options: &Options) -> Result<Section, String> {
    let (rounds, seconds) = rounds(options);
    let mut section = Section::new(
        "latency",
        "Latency under full load, microseconds",
        "`GET /ping`, as above. Less is better.",
        &["p50", "p99"],
    );
    let running = start_all(options, &[])?;
    let mut p99 = vec![Vec::new(); running.len()];
    let mut number = 0;
    let p50 = interleaved(&running, rounds, |server| {
        let load = tools::wrk(server.addr, "/ping", seconds, &[])?;
        p99[number % running.len()].push(load.p99);
        number += 1;
        Ok(load.median)
    })?;
    stop_all(running)?;
    compare(&mut section, options, &[p50, p99]);
    Ok(section)
}

pub fn pipelined(options: &Options) -> Result<Section, String> {
    let (rounds, seconds) = rounds(options);
    let mut section = Section::new(
        "pipelined",
        "Pipelined requests",
        "`GET /ping`, 16 requests at once on each of 16 connections: requests a second, and of the server's processor. More is better.",
        &["a second", "a processor's second"],
    );
    let script = Script::new(
        "pipeline",
        "init = function()\n  local all = {}\n  for i = 1, 16 do all[i] = wrk.format() end\n  batch = table.concat(all)\nend\n\
         request = function() return batch end\n",
    )?;
    let running = start_all(options, &[])?;
    let mut wall = vec![Vec::new(); running.len()];
    let mut number = 0;
    let cpu = interleaved(&running, rounds, |server| {
        per_cpu_second(server, || {
            let load = tools::wrk(server.addr, "/ping", seconds, &["-s", &script.path()])?;
            wall[number % running.len()].push(load.requests / seconds as f64);
            number += 1;
            Ok(load.requests)
        })
    })?;
    stop_all(running)?;
    compare(&mut section, options, &[wall, cpu]);
    Ok(section)
}

pub fn connections(options: &Options) -> Result<Section, String> {
    let (rounds, seconds) = rounds(options);
    let mut section = Section::new(
        "connections",
        "A connection for each request",
        "`GET /ping` with `connection: close`: requests per second of the server's processor. More is better.",
        &["a processor's second"],
    );
    let running = start_all(options, &[])?;
    let cpu = interleaved(&running, rounds, |server| {
        per_cpu_second(server, || {
            let close = ["-H", "Connection: close"];
            Ok(tools::wrk(server.addr, "/ping", seconds, &close)?.requests)
        })
    })?;
    stop_all(running)?;
    compare(&mut section, options, &[cpu]);
    Ok(section)
}

pub fn http2(options: &Options) -> Result<Section, String> {
    let (rounds, _) = rounds(options);
    let requests = if options.short { 20_000 } else { 100_000 };
    let mut section = Section::new(
        "http2",
        "HTTP/2",
        "`GET /ping` by `h2load` without TLS, 4 connections with 16 streams each: requests per second of the server's processor. More is better.",
        &["a processor's second"],
    );
    let running = start_all(options, &["--http2"])?;
    let cpu = interleaved(&running, rounds, |server| {
        per_cpu_second(server, || {
            tools::h2load(server.addr, requests, 4)?;
            Ok(requests as f64)
        })
    })?;
    stop_all(running)?;
    compare(&mut section, options, &[cpu]);
    Ok(section)
}
