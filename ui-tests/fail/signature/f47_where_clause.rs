#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user()
where
    String: Clone,
{
}

fn main() {}
