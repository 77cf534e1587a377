#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(user: dyn Send) {}

fn main() {}
