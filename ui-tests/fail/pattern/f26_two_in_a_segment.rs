#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{a}-{b}")]
async fn user(a: u64, b: u64) {}

fn main() {}
