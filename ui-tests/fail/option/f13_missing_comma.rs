#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/" name = "x")]
async fn user() {}

fn main() {}
