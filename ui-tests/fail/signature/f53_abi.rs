#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async extern "C" fn user() {}

fn main() {}
