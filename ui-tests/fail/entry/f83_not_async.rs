#[toolkit_zero::main]
fn main() {}
