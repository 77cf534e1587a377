#![allow(unused)]

#[toolkit_zero::main]
async fn start() {}

fn main() {}
