#![allow(unused)]

use toolkit_zero::prelude::*;

#[catch("404")]
async fn missing() {}

fn main() {}
