//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{id}/{name}")]
async fn user((id, name): (u64, String)) {}

fn main() {}
