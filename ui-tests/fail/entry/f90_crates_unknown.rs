#![allow(unused)]

#[toolkit_zero::main(crates(no_such_crate))]
async fn main() {}
