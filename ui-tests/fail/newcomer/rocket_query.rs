#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/search?<term>")]
async fn search(term: String) {}

fn main() {}
