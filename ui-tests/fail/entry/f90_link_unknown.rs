#![allow(unused)]

toolkit_zero::link!(no_such_crate);

fn main() {}
