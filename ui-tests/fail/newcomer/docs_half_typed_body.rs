//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{id}")]
async fn user(id: u64) {
    let text = id.to_string();
    let wrong: u8 = text;
}

fn main() {}
