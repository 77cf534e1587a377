//@ words: rustc
//@ errors: 3
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("users/{id}", nmae = "user")]
async fn user(id: u64) -> String {
    id.to_string()
}

async fn other() {
    let right: String = user(7).await;
    let wrong: u8 = user(7).await;
}

fn main() {}
