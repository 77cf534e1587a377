//@ words: rustc
//@ errors: 3
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(number: i32, byte: u8) -> u8 {
    1
}

fn main() {}
