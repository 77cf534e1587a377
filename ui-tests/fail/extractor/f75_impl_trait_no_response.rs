//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user() -> impl Clone {
    1_u8
}

fn main() {}
