#![allow(unused)]

use toolkit_zero::prelude::*;

#[get(c"/x")]
async fn user() {}

fn main() {}
