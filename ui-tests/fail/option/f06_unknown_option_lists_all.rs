#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users", colour = "red")]
async fn user() {}

fn main() {}
