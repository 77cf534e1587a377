#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{id}")]
async fn user(ID: u64) {}

fn main() {}
