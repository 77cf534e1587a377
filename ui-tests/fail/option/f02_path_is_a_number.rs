#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(5)]
async fn user() {}

fn main() {}
