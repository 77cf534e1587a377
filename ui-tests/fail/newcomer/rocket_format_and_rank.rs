//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", format = "json", rank = 2)]
async fn index() {}

fn main() {}
