//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

use std::rc::Rc;

#[get("/")]
async fn user() {
    let one = Rc::new(1);
    std::future::ready(()).await;
    drop(one);
}

fn main() {}
