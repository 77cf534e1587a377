#![allow(unused)]

use toolkit_zero::prelude::*;

#[routes("/users/{id}")]
mod users {
    #[toolkit_zero::get("/posts/{id}")]
    async fn post(id: u64) {}
}

fn main() {}
