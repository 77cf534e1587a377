use toolkit_zero::prelude::*;

#[derive(FromPath)]
struct Place(u8, u8);

fn main() {}
