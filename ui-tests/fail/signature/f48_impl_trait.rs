#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(name: impl Into<String>) {}

fn main() {}
