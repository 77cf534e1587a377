#![allow(unused)]

use toolkit_zero::prelude::*;

#[routes("/users/")]
mod users {}

fn main() {}
