use toolkit_zero::prelude::*;

#[get("/")]
const async fn user() {}

fn main() {}
