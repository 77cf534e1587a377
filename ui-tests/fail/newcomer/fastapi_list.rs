//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[get("/")]
async fn user() -> Vec<User> {
    todo!()
}

fn main() {}
