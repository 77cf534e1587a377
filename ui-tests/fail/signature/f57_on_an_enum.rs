#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
enum User {}

fn main() {}
