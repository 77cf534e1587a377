#![allow(unused)]

use toolkit_zero::prelude::*;

#[derive(Clone)]
struct Db;

#[get("/")]
async fn index(db: &State<Db>) {}

fn main() {}
