//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

type Answer<T> = Result<T, std::io::Error>;

#[get("/")]
async fn user() -> Answer<Json<String>> {
    todo!()
}

fn main() {}
