#![allow(unused)]

use toolkit_zero::prelude::*;

#[catch(999)]
async fn missing() {}

fn main() {}
