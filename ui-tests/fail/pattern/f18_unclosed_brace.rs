#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/a/{id")]
async fn user() {}

fn main() {}
