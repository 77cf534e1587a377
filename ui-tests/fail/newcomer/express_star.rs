#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("*")]
async fn any() {}

fn main() {}
