#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{name}")]
async fn user(name: str) {}

fn main() {}
