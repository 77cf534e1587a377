//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromRequest)]
struct Page {
    number: u64,
}

fn main() {}
