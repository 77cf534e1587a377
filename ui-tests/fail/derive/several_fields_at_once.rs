//@ words: rustc
//@ errors: 2
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

#[derive(FromRequest)]
struct Arguments {
    user: Json<User>,
    number: u8,
}

fn main() {}
