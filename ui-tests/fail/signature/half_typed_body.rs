//@ words: rustc
//@ errors: 3
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{id}")]
async fn user(id: u64) {
    let text = id. ;
    let number: u8 = "the rest is still read";
}

#[get("/users/{idd}")]
async fn other(id: u64) {}

fn main() {}
