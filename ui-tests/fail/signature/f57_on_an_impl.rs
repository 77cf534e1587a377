#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[get("/")]
impl User {}

fn main() {}
