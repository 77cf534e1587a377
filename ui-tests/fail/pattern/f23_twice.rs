#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{id}/x/{id}")]
async fn user(id: u64) {}

fn main() {}
