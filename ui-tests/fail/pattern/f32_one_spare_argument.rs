#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{number}")]
async fn user(id: u64) {}

fn main() {}
