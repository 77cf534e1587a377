use toolkit_zero::prelude::*;

#[derive(Debug, ApiError)]
#[status(200)]
struct Fine;

fn main() {}
