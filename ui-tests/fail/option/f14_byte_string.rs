#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(b"/x")]
async fn user() {}

fn main() {}
