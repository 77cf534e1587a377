//@ words: rustc
//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

#[routes("/users")]
#[path = "module/users.rs"]
mod users;

fn main() {}
