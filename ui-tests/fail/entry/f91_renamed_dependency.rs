//@ noise: originates in
//@ words: rustc
//@ crate: web
#![allow(unused)]

use web::prelude::*;

#[get("/")]
async fn user() {}

fn main() {}
