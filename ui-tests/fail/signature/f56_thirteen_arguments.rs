#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(
    a: Method,
    b: Method,
    c: Method,
    d: Method,
    e: Method,
    f: Method,
    g: Method,
    h: Method,
    i: Method,
    j: Method,
    k: Method,
    l: Method,
    m: Method,
) {
}

fn main() {}
