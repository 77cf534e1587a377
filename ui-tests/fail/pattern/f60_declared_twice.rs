#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
#[get("/")]
async fn user() {}

fn main() {}
