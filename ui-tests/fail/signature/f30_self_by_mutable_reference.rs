#![allow(unused)]

use toolkit_zero::prelude::*;

struct Users;

impl Users {
    #[get("/")]
    async fn user(&mut self) {}
}

fn main() {}
