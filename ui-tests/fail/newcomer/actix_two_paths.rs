#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", "/index")]
async fn index() {}

fn main() {}
