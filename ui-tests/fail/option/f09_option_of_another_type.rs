#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", status = "ok")]
async fn user() {}

fn main() {}
