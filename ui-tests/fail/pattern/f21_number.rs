#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{1}")]
async fn user() {}

fn main() {}
