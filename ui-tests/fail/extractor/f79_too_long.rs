//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> (u8, u8, u8, u8) {
    todo!()
}

fn main() {}
