#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(Debug, ApiError)]
enum Refused {
    #[status(404)]
    Unknown,
    Gone,
}

fn main() {}
