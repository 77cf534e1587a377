#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/x{*rest}")]
async fn user(rest: String) {}

fn main() {}
