#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(FromPath)]
struct Id;

fn main() {}
