//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

use toolkit_zero::declare::ServerMechanism;

fn main() {
    ServerMechanism::get("/").onconnect(|| async { 5_u8 });
}
