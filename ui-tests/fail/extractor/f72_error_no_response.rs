//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> Result<String, std::io::Error> {
    Ok(String::new())
}

fn main() {}
