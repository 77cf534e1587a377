#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", status = 700)]
async fn user() {}

fn main() {}
