//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> Result<String> {
    todo!()
}

fn main() {}
