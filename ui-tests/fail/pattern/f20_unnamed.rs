#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users/{}")]
async fn user() {}

fn main() {}
