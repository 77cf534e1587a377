//@ noise: originates in
//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Users;

impl Users {
    #[get("/")]
    async fn user() {}
}

fn main() {}
