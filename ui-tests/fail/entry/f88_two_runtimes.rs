#![allow(unused)]

#[toolkit_zero::main]
#[tokio::main]
async fn main() {}
