#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}")]
async fn user() {}

fn main() {}
