#![allow(unused)]

use toolkit_zero::prelude::*;

#[toolkit_zero::main]
#[actix_web::main]
async fn main() {}
