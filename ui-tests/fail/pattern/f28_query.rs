#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/a?page={n}")]
async fn user() {}

fn main() {}
