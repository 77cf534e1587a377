#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
const USER: u8 = 1;

fn main() {}
