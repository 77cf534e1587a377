//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/items")]
async fn items(skip: u64, limit: u64) {}

fn main() {}
