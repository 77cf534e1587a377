//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(request: http::Request<()>) {}

fn main() {}
