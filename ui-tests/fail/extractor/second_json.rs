//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

use toolkit_zero::declare::ServerMechanism;

fn main() {
    ServerMechanism::post("/").json::<u8>().json::<u8>();
}
