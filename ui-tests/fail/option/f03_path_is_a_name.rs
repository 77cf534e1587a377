#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(PATH)]
async fn user() {}

#[allow(dead_code)]
const PATH: &str = "/users";

fn main() {}
