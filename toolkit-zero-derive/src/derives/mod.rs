//! `#[derive(FromRequest)]`, `#[derive(FromPath)]` and `#[derive(ApiError)]`.

mod api_error;
mod from_path;
mod from_request;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostics::Diagnostics;

pub(crate) use api_error::api_error;
pub(crate) use from_path::from_path;
pub(crate) use from_request::from_request;

/// Reads the item, and expands it unless something is wrong with it. The item itself is rustc's.
pub(crate) fn derive(
    item: TokenStream,
    expand: fn(&DeriveInput, &mut Diagnostics) -> TokenStream,
) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let expanded = expand(&input, &mut diagnostics);
    if diagnostics.is_empty() {
        expanded
    } else {
        diagnostics.into_tokens()
    }
}
