use toolkit_zero::prelude::*;

#[derive(FromRequest)]
enum Input {}

fn main() {}
