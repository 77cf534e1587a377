#![allow(unused)]

use toolkit_zero::routes;

#[routes("users")]
mod users {}

fn main() {}
