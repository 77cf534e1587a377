#![allow(unused)]

#[toolkit_zero::main(worker = 4)]
async fn main() {}
