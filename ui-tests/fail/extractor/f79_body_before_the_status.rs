//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> (String, StatusCode) {
    todo!()
}

fn main() {}
