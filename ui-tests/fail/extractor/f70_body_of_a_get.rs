//@ words: rustc
//@ errors: 0
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(text: Option<String>) {}

fn main() {}
