#![allow(unused)]

use toolkit_zero::prelude::*;

#[routes("/users")]
fn users() {}

fn main() {}
