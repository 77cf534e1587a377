//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Db;

#[get("/")]
async fn user(State(_db): State<Db>) {}

fn main() {}
