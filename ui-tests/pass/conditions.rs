//! Every form of `cfg`, attributes of other kinds around ours, raw identifiers and routes in places of their own.
#![allow(dead_code, clippy::items_after_statements)]

use toolkit_zero::prelude::*;

#[cfg(any())]
#[get("/never")]
async fn never(id: NoSuchType) {}

#[get("/neither")]
#[cfg(any())]
async fn neither(id: NoSuchType) {}

#[cfg_attr(all(), get("/given"))]
async fn given() {}

#[cfg_attr(any(), get("/withheld"))]
async fn withheld() {}

#[get("/both")]
#[cfg_attr(all(), post("/both"))]
#[deprecated]
#[inline]
#[must_use]
async fn both() -> &'static str {
    "both"
}

#[get("/raw/{name}")]
async fn r#match(r#name: String) -> String {
    r#name
}

/// A handler may have the name of an attribute.
mod named {
    #[toolkit_zero::get("/get")]
    pub(super) async fn get() {}
}

mod health {}

#[get("/health")]
async fn health() {}

struct Private;

impl toolkit_zero::reply::IntoResponse for Private {
    fn into_response(self) -> toolkit_zero::reply::Response {
        ().into_response()
    }
}

mod inner {
    #[toolkit_zero::get("/private")]
    async fn private() -> super::Private {
        super::Private
    }
}

use named::get as renamed;

fn main() {
    #[get("/in/a/function")]
    async fn within() {}

    assert_eq!(routes_of!(within).len(), 1);
    assert_eq!(routes_of!(renamed).len(), 1);
    #[allow(deprecated)]
    let both = routes_of!(both);
    assert_eq!(both.len(), 2);
    assert_eq!(routes_of!(r#match)[0].pattern(), "/raw/{name}");
    assert_eq!(route!(health).pattern(), "/health");
}
