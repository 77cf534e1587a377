#![allow(unused)]

use toolkit_zero::prelude::*;

#[toolkit_zero::main]
async fn main(server: &Server) {}
