#![allow(unused)]

#[toolkit_zero::main(crate = "x")]
async fn main() {}
