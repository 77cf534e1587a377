#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(true)]
async fn user() {}

fn main() {}
