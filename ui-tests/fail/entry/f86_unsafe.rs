#![allow(unused)]

use toolkit_zero::prelude::*;

#[toolkit_zero::main]
async unsafe fn main() {}
