#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user<const N: usize>() {}

fn main() {}
