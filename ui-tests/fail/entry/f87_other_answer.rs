//@ words: rustc
#![allow(unused)]

#[toolkit_zero::main]
async fn main() -> u8 {
    1
}
