use toolkit_zero::prelude::*;

#[derive(Debug, ApiError)]
enum ShopError {
    #[status(404)]
    Gone,
    Taken,
}

fn main() {}
