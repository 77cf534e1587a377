#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(bytes: [u8]) {}

fn main() {}
