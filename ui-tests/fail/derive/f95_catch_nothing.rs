#![allow(unused)]

use toolkit_zero::prelude::*;

#[catch]
async fn missing() {}

fn main() {}
