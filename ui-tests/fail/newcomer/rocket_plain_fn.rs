#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
fn index() -> &'static str {
    "hello"
}

fn main() {}
