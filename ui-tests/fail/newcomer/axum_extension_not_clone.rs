//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Db;

#[get("/")]
async fn user(toolkit_zero::extract::Extension(db): toolkit_zero::extract::Extension<Db>) {}

fn main() {}
