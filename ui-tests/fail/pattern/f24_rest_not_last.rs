#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{*rest}/x")]
async fn user(rest: String) {}

fn main() {}
