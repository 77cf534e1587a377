//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

fn main() {
    Server::default().state(std::rc::Rc::new(1));
}
