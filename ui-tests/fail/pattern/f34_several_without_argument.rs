//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{a}/{b}")]
async fn user() {}

fn main() {}
