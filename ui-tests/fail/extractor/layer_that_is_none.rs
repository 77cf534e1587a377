//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", layer = 5)]
async fn user() {}

fn main() {}
