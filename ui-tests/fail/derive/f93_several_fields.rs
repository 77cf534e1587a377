#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromPath)]
struct Id(u64, u64);

fn main() {}
