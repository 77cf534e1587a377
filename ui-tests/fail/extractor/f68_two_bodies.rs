//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[post("/")]
async fn user(text: String, bytes: Bytes) {}

fn main() {}
