#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", name)]
async fn user() {}

fn main() {}
