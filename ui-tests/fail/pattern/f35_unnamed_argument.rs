#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{x}")]
async fn user(_: u64) {}

fn main() {}
