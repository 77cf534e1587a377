#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(name = "x", "/a")]
async fn user() {}

fn main() {}
