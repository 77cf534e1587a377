#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async unsafe fn user() {}

fn main() {}
