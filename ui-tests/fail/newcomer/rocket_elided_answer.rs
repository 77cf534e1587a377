//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn index() -> &str {
    "hello"
}

fn main() {}
