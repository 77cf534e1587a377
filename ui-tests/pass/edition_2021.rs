//@ edition: 2021
//! A program of the edition before.

use toolkit_zero::prelude::*;

#[get("/users/{id}")]
async fn user(id: u64, Query(page): Query<Vec<(String, String)>>) -> Result<Json<u64>, Problem> {
    let _ = page;
    Ok(Json(id))
}

#[toolkit_zero::main(link = false)]
async fn main() {
    let _ = url!(user, id = 7);
    std::process::exit(0);
}
