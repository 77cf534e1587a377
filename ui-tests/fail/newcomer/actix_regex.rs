#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{id:[0-9]+}")]
async fn user(id: u64) {}

fn main() {}
