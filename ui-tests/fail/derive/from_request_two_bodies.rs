//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromRequest)]
struct Input {
    one: String,
    other: Bytes,
}

fn main() {}
