#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", name = "a", name = "b")]
async fn user() {}

fn main() {}
