use proc_macro2::TokenStream;
use quote::quote;

use syn::DeriveInput;

use super::{api_error, derive, from_path, from_request};
use crate::diagnostics::Diagnostics;

fn refuses(
    item: TokenStream,
    expand: fn(&DeriveInput, &mut Diagnostics) -> TokenStream,
    sentence: &str,
) {
    let text = derive(item, expand).to_string();
    assert!(text.contains("compile_error"), "{text}");
    assert!(text.contains(sentence), "{sentence} in {text}");
}

#[test]
fn from_path_needs_one_text() {
    for item in [
        quote!(
            struct Two(u8, u8);
        ),
        quote!(
            struct None;
        ),
        quote!(
            enum Data {
                A(u8),
            }
        ),
    ] {
        refuses(item, from_path, "`FromPath` needs one field");
    }
    let item = quote!(
        enum Twice {
            A,
            #[segment("a")]
            B,
        }
    );
    refuses(item, from_path, "two variants are read from `a`");
    let item = quote!(
        enum State {
            InProgress,
            HTTPError,
            #[segment("x")]
            Other,
        }
    );
    let text = derive(item, from_path).to_string();
    for part in ["\"in-progress\" =>", "\"http-error\" =>", "\"x\" =>"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(
        text.contains("expected `in-progress`, `http-error` or `x`"),
        "{text}"
    );
}

#[test]
fn an_api_error_has_a_status_a_variant() {
    for (item, sentence) in [
        (
            quote!(
                enum E {
                    X,
                }
            ),
            "variant `X` needs `#[status(..)]`",
        ),
        (
            quote!(
                enum E {
                    #[status(200)]
                    X,
                }
            ),
            "`200` is not the status of an error",
        ),
        (
            quote!(
                enum E {
                    #[status(404, titel = "x")]
                    X,
                }
            ),
            "did you mean `title`?",
        ),
        (
            quote!(
                enum E {
                    #[status("404")]
                    X,
                }
            ),
            "a status is a number",
        ),
        (
            quote!(
                enum E {
                    #[status(404, detail = 1)]
                    X,
                }
            ),
            "`detail` takes a string",
        ),
    ] {
        refuses(item, api_error, sentence);
    }
}

#[test]
fn from_request_is_for_structs() {
    let item = quote!(
        enum E {}
    );
    refuses(item, from_request, "`FromRequest` needs a struct");
}
