//! A route is declared at the line of its own attribute; one that a macro makes, at the line of the macro's call.

use toolkit_zero::prelude::*;

/// A doc comment
/// of two lines.
const FIRST: u32 = line!() + 2;
#[allow(unused)]
#[get("/first")]
/// Below.
#[post("/second")]
#[toolkit_zero::route(
    PUT,
    "/third"
)]
async fn several() {}

#[routes("/api")]
mod api {
    pub const LINE: u32 = line!() + 2;

    #[toolkit_zero::get("/within")]
    pub async fn within() {}
}

macro_rules! handler {
    ($name:ident) => {
        #[get("/made")]
        async fn $name() {}
    };
}

const CALL: u32 = line!() + 1;
handler!(made);

fn main() {
    let lines: Vec<u32> = routes_of!(several).iter().map(|route| route.origin().line()).collect();
    assert_eq!(lines, [FIRST, FIRST + 2, FIRST + 3]);
    let within = route!(api::within).origin();
    assert_eq!(within.line(), api::LINE);
    assert_eq!(within.function(), "within");
    assert!(within.module().ends_with("::api"));
    assert!(within.file().ends_with("origins.rs"));
    assert_eq!(route!(made).origin().line(), CALL);
}
