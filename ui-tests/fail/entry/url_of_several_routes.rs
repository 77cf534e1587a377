//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/a")]
#[get("/b")]
async fn both() {}

fn main() {
    let _ = url!(both);
}
