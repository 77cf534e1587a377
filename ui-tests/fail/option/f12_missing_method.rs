#![allow(unused)]

use toolkit_zero::prelude::*;

#[toolkit_zero::route("/")]
async fn user() {}

fn main() {}
