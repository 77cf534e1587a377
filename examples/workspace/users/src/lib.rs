//! The routes of users.

use toolkit_zero::prelude::*;

/// One user.
#[get("/users/{id}")]
pub async fn user(id: u64) -> String {
    format!("user {id}")
}
