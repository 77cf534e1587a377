//@ crate: web
//! The dependency has another name: every attribute says so.
#![deny(warnings, missing_docs, unreachable_pub)]

use web::prelude::*;

/// Answers.
#[get("/users/{id}", crate = web)]
pub async fn user(id: u64) -> Json<u64> {
    Json(id)
}

/// Grouped.
#[routes("/api", crate = web)]
pub mod api {
    /// Answers.
    #[web::get("/")]
    pub async fn index() {}
}

fn main() {
    assert_eq!(route!(user).pattern(), "/users/{id}");
    assert_eq!(url!(user, id = 7), "/users/7");
}
