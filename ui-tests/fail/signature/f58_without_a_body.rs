#![allow(unused)]

use toolkit_zero::prelude::*;

trait Users {
    #[get("/")]
    async fn user();
}

fn main() {}
