#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/v{n}")]
async fn user(n: u64) {}

fn main() {}
