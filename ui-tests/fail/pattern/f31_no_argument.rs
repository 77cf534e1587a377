#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{idd}/x")]
async fn user(id: u64) {}

fn main() {}
