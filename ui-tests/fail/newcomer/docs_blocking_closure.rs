//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct User;

fn main() {
    ServerMechanism::get("/").onconnect_sync(|| User);
}
