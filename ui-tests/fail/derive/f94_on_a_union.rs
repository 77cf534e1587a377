#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromRequest)]
enum Page {
    First,
}

fn main() {}
