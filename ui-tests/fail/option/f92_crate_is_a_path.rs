#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", crate = "x")]
async fn user() {}

fn main() {}
