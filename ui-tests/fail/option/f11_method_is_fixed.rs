#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", method = "POST")]
async fn user() {}

fn main() {}
