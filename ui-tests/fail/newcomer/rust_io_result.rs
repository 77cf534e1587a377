//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> std::io::Result<String> {
    todo!()
}

fn main() {}
