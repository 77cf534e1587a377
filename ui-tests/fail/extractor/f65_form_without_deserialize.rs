//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct New;

#[post("/")]
async fn user(Form(new): Form<New>) {}

fn main() {}
