//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

async fn user() {}

fn main() {
    Server::default().mechanism(user);
}
