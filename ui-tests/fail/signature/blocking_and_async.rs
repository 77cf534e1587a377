#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/", blocking)]
async fn user() {}

fn main() {}
