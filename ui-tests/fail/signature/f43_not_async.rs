#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
fn user() {}

fn main() {}
