//! The routes of items. Nothing in the binary names this crate, and they are served all the same.

use toolkit_zero::prelude::*;

#[get("/items")]
async fn items() -> &'static str {
    "no items yet"
}
