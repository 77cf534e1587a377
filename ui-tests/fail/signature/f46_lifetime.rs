#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user<'a>() {}

fn main() {}
