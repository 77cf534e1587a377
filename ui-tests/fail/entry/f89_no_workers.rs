#![allow(unused)]

#[toolkit_zero::main(workers = 0)]
async fn main() {}
