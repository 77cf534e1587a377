//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

struct Refused;

impl toolkit_zero::reply::IntoResponse for Refused {
    fn into_response(self) -> toolkit_zero::reply::Response {
        StatusCode::BAD_REQUEST.into_response()
    }
}

#[get("/")]
async fn user() -> Result<String, Refused> {
    Ok("7".parse::<u64>()?.to_string())
}

fn main() {}
