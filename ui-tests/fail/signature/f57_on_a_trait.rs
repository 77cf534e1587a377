#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
trait User {}

fn main() {}
