#![allow(unused)]

use toolkit_zero::prelude::*;

#[toolkit_zero::route(get, "/")]
async fn user() {}

fn main() {}
