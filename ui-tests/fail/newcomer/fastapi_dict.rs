//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;
use std::collections::HashMap;

#[get("/")]
async fn user() -> HashMap<String, String> {
    todo!()
}

fn main() {}
