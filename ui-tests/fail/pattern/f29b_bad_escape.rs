#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/a%2")]
async fn user() {}

fn main() {}
