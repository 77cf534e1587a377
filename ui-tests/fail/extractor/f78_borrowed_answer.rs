//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(State(name): State<String>) -> &'static str {
    name.as_str()
}

fn main() {}
