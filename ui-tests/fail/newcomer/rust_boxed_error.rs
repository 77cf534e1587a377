//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> Result<(), Box<dyn std::error::Error>> {
    todo!()
}

fn main() {}
