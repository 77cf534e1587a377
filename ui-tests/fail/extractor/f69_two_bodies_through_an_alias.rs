//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

type Text = String;

#[post("/")]
async fn user(text: Text, _method: Method, bytes: Bytes) {}

fn main() {}
