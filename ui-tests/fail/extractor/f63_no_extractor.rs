//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Page;

#[get("/")]
async fn user(page: Page) {}

fn main() {}
