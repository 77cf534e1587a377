#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/files/<path..>")]
async fn file(path: std::path::PathBuf) {}

fn main() {}
