#![allow(unused)]

use toolkit_zero::prelude::*;

#[post("/", body_limit = "2 potatoes")]
async fn user() {}

fn main() {}
