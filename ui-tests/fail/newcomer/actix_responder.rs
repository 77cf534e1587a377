//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn index() -> impl Responder {
    "hello"
}

fn main() {}
