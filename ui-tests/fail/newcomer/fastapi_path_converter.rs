#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/files/{name:path}")]
async fn file(name: String) {}

fn main() {}
