//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

use toolkit_zero::reply::Response;

#[get("/")]
async fn index(request: Request, response: Response) {}

fn main() {}
