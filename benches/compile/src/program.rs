//! The generated programs.

use std::fmt::{self, Display, Write};
use std::path::Path;

/// Which program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The functions, with the extractors of toolkit-zero as arguments, and no attribute.
    Plain,
    /// The same functions, each with its attribute.
    ToolkitZero,
    /// The same routes in an axum `Router`.
    Axum,
}

impl Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::ToolkitZero => "toolkit-zero",
            Self::Axum => "axum",
        })
    }
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Plain, Self::ToolkitZero, Self::Axum];

    pub fn manifest(self, repository: &Path) -> String {
        let framework = match self {
            Self::Plain | Self::ToolkitZero => {
                format!(
                    "toolkit-zero = {{ path = {:?} }}",
                    repository.join("toolkit-zero")
                )
            }
            Self::Axum => {
                "axum = \"0.8\"\ntokio = { version = \"1\", features = [\"full\"] }".to_owned()
            }
        };
        format!(
            "[package]\nname = \"compiled-{self}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{framework}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n\n[workspace]\n"
        )
    }

    pub fn source(self, routes: usize) -> String {
        let mut source = String::from(HEAD);
        source.push_str(if self == Self::Axum { AXUM } else { OURS });
        let id = if self == Self::Axum {
            "Path(id): Path<u64>"
        } else {
            "id: u64"
        };
        for number in 0..routes {
            if self == Self::ToolkitZero {
                writeln!(source, "#[post(\"/r{number}/{{id}}\")]").unwrap_or_default();
            }
            write!(
                source,
                "pub async fn r{number}({id}, Query(page): Query<Page>, State(db): State<Db>, Json(new): Json<New>) -> Result<Json<User>, Refused> {{\n\
                 \x20   if page.number == Some(id) {{\n        return Err(refused(id));\n    }}\n\
                 \x20   Ok(Json(User {{ id: id + {number} + db.0, name: new.name }}))\n}}\n\n"
            )
            .unwrap_or_default();
        }
        match self {
            Self::Plain => source.push_str("fn main() {}\n"),
            Self::ToolkitZero => {
                source.push_str("#[toolkit_zero::main]\nasync fn main(server: &mut Server) {\n    server.state(Db(1));\n}\n");
            }
            Self::Axum => {
                source.push_str(
                    "#[tokio::main]\nasync fn main() {\n    let router = Router::new();\n",
                );
                for number in 0..routes {
                    writeln!(
                        source,
                        "    let router = router.route(\"/r{number}/{{id}}\", post(r{number}));"
                    )
                    .unwrap_or_default();
                }
                source.push_str(
                    "    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await.unwrap();\n\
                     \x20   axum::serve(listener, router.with_state(Db(1))).await.unwrap();\n}\n",
                );
            }
        }
        source
    }
}

const HEAD: &str = "\
#![allow(dead_code, unused_imports)]
use serde::{Deserialize, Serialize};

#[derive(Clone)]
pub struct Db(u64);

#[derive(Deserialize)]
pub struct Page {
    number: Option<u64>,
}

#[derive(Deserialize)]
pub struct New {
    name: String,
}

#[derive(Serialize)]
pub struct User {
    id: u64,
    name: String,
}

";

const OURS: &str = "\
use toolkit_zero::prelude::*;
type Refused = Problem;
fn refused(_: u64) -> Problem {
    Problem::not_found()
}

";

const AXUM: &str = "\
use axum::extract::{Json, Path, Query, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::Router;
type Refused = StatusCode;
fn refused(_: u64) -> StatusCode {
    StatusCode::NOT_FOUND
}

";
