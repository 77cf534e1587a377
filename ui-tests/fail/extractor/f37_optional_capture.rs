//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{id}")]
async fn user(id: Option<u64>) {}

fn main() {}
