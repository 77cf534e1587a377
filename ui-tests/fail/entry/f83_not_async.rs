#![allow(unused)]

#[toolkit_zero::main]
fn main() {}
