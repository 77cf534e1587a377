//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{*rest}")]
async fn rest(rest: Vec<u8>) {}

fn main() {}
