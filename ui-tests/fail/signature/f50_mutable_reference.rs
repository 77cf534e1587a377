#![allow(unused)]

use toolkit_zero::prelude::*;

struct Db;

#[get("/")]
async fn user(db: &mut Db) {}

fn main() {}
