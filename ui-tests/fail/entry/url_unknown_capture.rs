//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

mod users {
    #[toolkit_zero::get("/users/{id}")]
    pub async fn user(id: u64) {
        let _ = id;
    }
}

fn main() {
    let _ = url!(users::user, id = 1, idd = 7);
}
