#![allow(unused)]

use toolkit_zero::prelude::*;

#[post("/", data = "<new>")]
async fn create(new: Json<u8>) {}

fn main() {}
