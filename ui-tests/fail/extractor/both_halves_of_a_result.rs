//@ words: rustc
//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[get("/")]
async fn user() -> Result<Json<User>, std::io::Error> {
    todo!()
}

fn main() {}
