//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

fn main() {
    ServerMechanism::get("/").onconnect(|| async { reply!(json => 1, status => "201") });
}
