//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{*rest}")]
async fn user(rest: u64) {}

fn main() {}
