//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Ids;

#[get("/{id}")]
async fn user(Path(ids): Path<Ids>) {}

fn main() {}
