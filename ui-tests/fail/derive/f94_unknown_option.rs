use toolkit_zero::prelude::*;

#[derive(Debug, ApiError)]
#[status(404, titel = "Gone")]
struct Gone;

fn main() {}
