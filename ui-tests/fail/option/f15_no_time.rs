#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", timeout = "-1s")]
async fn user() {}

fn main() {}
