//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;
use std::collections::HashMap;

#[get("/")]
async fn search(query: HashMap<String, String>) {}

fn main() {}
