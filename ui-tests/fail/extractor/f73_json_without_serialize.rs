//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[get("/")]
async fn user() -> Json<User> {
    Json(User)
}

fn main() {}
