#![allow(unused)]

use toolkit_zero::prelude::*;

fn main() {
    let _ = url!("/users/7");
}
