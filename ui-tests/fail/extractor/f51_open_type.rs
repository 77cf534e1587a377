//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(page: _) {}

fn main() {}
