#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/<id>")]
async fn user(id: u64) {}

fn main() {}
