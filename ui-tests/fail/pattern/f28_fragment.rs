#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/users#all")]
async fn user() {}

fn main() {}
