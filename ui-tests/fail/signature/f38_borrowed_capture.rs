#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{name}")]
async fn user(name: &str) {}

fn main() {}
