//@ errors: 2
//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

use std::rc::Rc;

#[get("/")]
async fn user(State(_db): State<Rc<u8>>) {}

fn main() {}
