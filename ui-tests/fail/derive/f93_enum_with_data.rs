use toolkit_zero::prelude::*;

#[derive(FromPath)]
enum Shelf {
    New,
    Number(u8),
}

fn main() {}
