#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users", nmae = "x")]
async fn user() {}

fn main() {}
