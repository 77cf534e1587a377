//! Routes in several crates of one workspace: each crate declares its own, and the binary names none of them.
//!
//! Path dependencies of the same workspace are mounted by themselves; any other crate only if it is written in
//! `#[toolkit_zero::main(crates(..))]`, so that a dependency can never take a path without being asked.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/users/7
//! user 7
//! $ curl -s http://127.0.0.1:8080/items
//! no items yet
//! $ curl -s http://127.0.0.1:8080/
//! users are at /users/7
//! ```

use toolkit_zero::prelude::*;

#[get("/")]
async fn index() -> String {
    format!("users are at {}", url!(workspace_users::user, id = 7))
}

#[toolkit_zero::main]
async fn main() {}
