#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{user-id}")]
async fn user() {}

fn main() {}
