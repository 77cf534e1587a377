//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[get("/")]
async fn user() -> Result<(StatusCode, Json<User>), Problem> {
    todo!()
}

fn main() {}
