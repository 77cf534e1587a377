//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/items")]
async fn items(limit: u64 = 10) {}

fn main() {}
