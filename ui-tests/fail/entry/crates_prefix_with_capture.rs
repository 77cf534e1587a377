#![allow(unused)]

#[toolkit_zero::main(crates(a = "/{id}"))]
async fn main() {}
