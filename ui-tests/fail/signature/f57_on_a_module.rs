#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
mod users {}

fn main() {}
