#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
struct User;

fn main() {}
