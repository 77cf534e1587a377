//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromRequest)]
struct Page {
    text: String,
    bytes: Bytes,
}

fn main() {}
