//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[GET("/users")]
async fn users() {}

fn main() {}
