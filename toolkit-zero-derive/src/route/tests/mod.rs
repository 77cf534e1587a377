#![expect(
    clippy::needless_pass_by_value,
    reason = "tables of quoted programs read better without borrows"
)]

use proc_macro2::TokenStream;
use quote::quote;

use super::attribute;

mod expansion;
mod refusals;

fn handler() -> TokenStream {
    quote!(
        async fn user() {}
    )
}
