#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromPath)]
enum Id {
    Number(u64),
}

fn main() {}
