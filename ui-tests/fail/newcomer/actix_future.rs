#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
fn user() -> impl Future<Output = String> {
    async { String::new() }
}

fn main() {}
