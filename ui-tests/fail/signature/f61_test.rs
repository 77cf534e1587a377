#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
#[test]
async fn user() {}

fn main() {}
