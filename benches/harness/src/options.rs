//! What the command line asks for.

use crate::parts::{PARTS, Part};
use crate::servers::{SERVERS, Server};

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Options {
    pub parts: Vec<&'static Part>,
    /// Raw hyper is always among them: the others are compared with it.
    pub servers: Vec<&'static Server>,
    /// Less of everything, to see that it runs.
    pub short: bool,
    /// Whether `results.json`, `RESULTS.md` and the plot are written.
    pub write: bool,
}

pub enum Command {
    Measure(Options),
    /// Whether the instructions beside raw hyper are what they were.
    Gate {
        accept: bool,
    },
    /// `RESULTS.md` and the plot, from `results.json`.
    Render,
    Help,
}

pub const HELP: &str = "\
benches/run [--only PART,..] [--servers NAME,..] [--short] [--dry]   measure and write the results; --dry: do not write
                                                                      --short: less of everything, to try; not written
benches/run gate [--accept]                                          fail where instructions rose; --accept: keep these
benches/run render                                                   RESULTS.md and the plot, from results.json";

impl Command {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options {
            parts: PARTS.iter().collect(),
            servers: SERVERS.iter().collect(),
            short: false,
            write: true,
        };
        while let Some(word) = words.next() {
            let mut list = || {
                let list = words.next().ok_or_else(|| format!("{word} takes a list"))?;
                Ok::<_, String>(list.split(',').map(str::to_owned).collect::<Vec<_>>())
            };
            match word.as_str() {
                "gate" => return Self::gate(words.next().as_deref()),
                "render" => return Ok(Self::Render),
                "--help" | "-h" | "help" => return Ok(Self::Help),
                "--short" => (options.short, options.write) = (true, false),
                "--dry" => options.write = false,
                "--only" => {
                    let names = list()?;
                    known(&names, PARTS.iter().map(|part| part.name))?;
                    options
                        .parts
                        .retain(|part| names.iter().any(|name| name == part.name));
                }
                "--servers" => {
                    let mut names = list()?;
                    known(&names, SERVERS.iter().map(|server| server.name))?;
                    names.push(SERVERS[0].name.to_owned());
                    options
                        .servers
                        .retain(|server| names.iter().any(|name| name == server.name));
                }
                other => return Err(format!("there is no {other}\n{HELP}")),
            }
        }
        Ok(Self::Measure(options))
    }

    fn gate(word: Option<&str>) -> Result<Self, String> {
        match word {
            None => Ok(Self::Gate { accept: false }),
            Some("--accept") => Ok(Self::Gate { accept: true }),
            Some(other) => Err(format!("gate takes --accept, and not {other}")),
        }
    }
}

fn known(names: &[String], known: impl Iterator<Item = &'static str>) -> Result<(), String> {
    let known: Vec<_> = known.collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("there is no {name:?}, but {}", known.join(", "))),
        None => Ok(()),
    }
}
