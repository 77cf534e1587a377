//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

#[post("/items", status_code = 201, tags = "items")]
async fn create() {}

fn main() {}
