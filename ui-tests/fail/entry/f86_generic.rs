#![allow(unused)]

#[toolkit_zero::main]
async fn main<T>() {}
