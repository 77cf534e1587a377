//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[post("/")]
async fn user(head: HeaderMap, text: String, at: Method, Json(new): Json<u8>) {}

fn main() {}
