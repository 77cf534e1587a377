#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
const fn user() {}

fn main() {}
