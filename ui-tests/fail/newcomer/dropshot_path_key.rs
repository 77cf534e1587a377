#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(path = "/users")]
async fn users() {}

fn main() {}
