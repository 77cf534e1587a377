//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Log;

fn main() {
    Server::default().layer(Log);
}
