#![allow(unused)]

use toolkit_zero::prelude::*;

#[toolkit_zero::main]
async extern "C" fn main() {}
