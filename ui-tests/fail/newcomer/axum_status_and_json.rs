//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[get("/")]
async fn user() -> (StatusCode, Json<User>) {
    todo!()
}

fn main() {}
