//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Page;

#[post("/")]
async fn user(page: Json<Page>) {}

fn main() {}
