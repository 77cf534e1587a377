//@ errors: 6
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{idd}", nmae = "x", status = 700)]
fn user<T>(id: u64, name: &str) {}

fn main() {}
