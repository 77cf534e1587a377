#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{type}")]
async fn user(r#type: String) {}

fn main() {}
