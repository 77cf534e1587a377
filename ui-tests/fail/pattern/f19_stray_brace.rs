#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/a}")]
async fn user() {}

fn main() {}
