//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;
use toolkit_zero::reply::IntoResponse;

#[get("/")]
async fn user() -> Box<dyn IntoResponse> {
    todo!()
}

fn main() {}
