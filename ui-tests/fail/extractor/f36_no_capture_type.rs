//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Id;

#[get("/{id}")]
async fn user(id: Id) {}

fn main() {}
