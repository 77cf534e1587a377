//! Generated items trip no lint that a program may deny.
#![deny(
    warnings,
    dead_code,
    let_underscore_drop,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    private_interfaces,
    rust_2018_idioms,
    trivial_casts,
    unnameable_types,
    unreachable_pub,
    unsafe_code,
    unused_qualifications,
    unused_results
)]

use toolkit_zero::prelude::*;

struct Private;

impl IntoResponse for Private {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

/// A private type in a public handler.
#[get("/private/{id}")]
#[expect(private_interfaces)]
pub async fn private(id: u64, _query: Query<Vec<(String, String)>>) -> Private {
    let _used = id;
    Private
}

/// Deprecated, with two attributes and a layer.
#[deprecated]
#[get("/old/{_id}", allow_body, layer = toolkit_zero::middleware::from_fn(async |request, next| next.run(request).await))]
#[post("/old", allow_body)]
#[must_use]
pub async fn old(_body: Option<Bytes>) -> impl IntoResponse {
    "old"
}

#[get("/slow", blocking)]
fn slow() -> &'static str {
    "slow"
}

mod private_module {
    #[toolkit_zero::get("/within")]
    pub(crate) async fn within() {}
}

fn main() {
    #[get("/in/a/body")]
    async fn in_a_body() {}

    assert_eq!(routes_of!(in_a_body).len(), 1);
    assert_eq!(routes_of!(private_module::within).len(), 1);
    assert_eq!(slow(), "slow");
}
