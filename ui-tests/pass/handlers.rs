//! A handler stays a function: attributes, conditions, doc comments and other paths to the framework.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use toolkit_zero as tk;
use toolkit_zero::prelude::*;

/// Adds.
#[get("/add/{a}/{b}", crate = tk)]
/// More.
#[inline]
async fn add(a: u64, mut b: u64) -> String {
    b += a;
    b.to_string()
}

#[get("/none")]
#[cfg(any())]
async fn not_there(missing: Missing) {}

#[get("/some")]
#[cfg(not(any()))]
async fn there() {}

#[cfg_attr(not(any()), get("/attr"))]
async fn by_cfg_attr() {}

#[get("/one")]
#[cfg_attr(any(), get("/two"))]
#[cfg_attr(not(any()), tk::get("/three"), inline)]
#[tk::route(PUT, POST, "/four")]
async fn several() {}

#[tk::routes("/api", crate = crate::tk)]
mod api {
    use super::tk;

    #[tk::get("/a")]
    pub async fn a() {}
}

#[get("/all/{a}/{b}")]
async fn all(Path((a, b)): Path<(u64, String)>) -> String {
    format!("{a}{b}")
}

macro_rules! handler {
    ($(#[$meta:meta])* $visibility:vis $name:ident, $path:literal, $ty:ty, $answer:ty) => {
        $(#[$meta])*
        #[get($path)]
        $visibility async fn $name(id: $ty) -> $answer {
            id.to_string()
        }
    };
}

handler!(#[inline] pub made, "/made/{id}", u64, String);

fn main() {
    let mut future = Box::pin(add(1, 2));
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(text) if text == "3"));
    assert_eq!(routes_of!(several).len(), 3);
    assert_eq!(routes_of!(by_cfg_attr).len(), 1);
    assert_eq!(routes_of!(there).len(), 1);
    assert_eq!(url!(api::a), "/api/a");
    assert_eq!(url!(made, id = 1), "/made/1");
    assert_eq!(routes_of!(all).len(), 1);
}
