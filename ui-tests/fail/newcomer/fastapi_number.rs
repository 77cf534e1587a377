//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> u64 {
    todo!()
}

fn main() {}
