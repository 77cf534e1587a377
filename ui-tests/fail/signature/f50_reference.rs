#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(name: &str) {}

fn main() {}
