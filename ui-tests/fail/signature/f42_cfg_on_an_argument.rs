#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(#[cfg(unix)] query: Query<u8>) {}

fn main() {}
