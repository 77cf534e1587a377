//! The attributes of toolkit-zero. They are documented where `toolkit_zero` re-exports them.

mod collect;
mod derives;
mod diagnostics;
mod entry;
mod names;
mod options;
mod pattern;
mod route;
mod routes;
mod syntax;
mod url;

use proc_macro::TokenStream;

/// One exported attribute a line: its name, and what expands it.
macro_rules! attributes {
    ($($name:ident => $expand:expr;)*) => {$(
        #[doc = concat!("`#[toolkit_zero::", stringify!($name), "]`")]
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            $expand(arguments.into(), &item.into()).into()
        }
    )*};
}

/// One exported macro a line.
macro_rules! macros {
    ($($name:ident => $expand:expr;)*) => {$(
        #[doc = concat!("`toolkit_zero::", stringify!($name), "!`")]
        #[proc_macro]
        pub fn $name(input: TokenStream) -> TokenStream {
            $expand(input.into()).into()
        }
    )*};
}

/// The attributes that declare a route of the method of their name.
macro_rules! methods {
    ($($name:ident)*) => {
        attributes! { $($name => |arguments, item| route::attribute(stringify!($name), arguments, item);)* }
    };
}

methods! { get post put delete patch head options route fallback catch }

attributes! {
    routes => routes::attribute;
    main => entry::attribute;
}

macros! {
    collected => collect::collected;
    serve_managed => collect::serve_managed;
    link => collect::link_crates;
    url => url::expand;
}

/// One derive a line, with the attributes it reads.
macro_rules! derives {
    ($($derive:ident($($attribute:ident)*) $function:ident => $expand:expr;)*) => {$(
        #[doc = concat!("`#[derive(toolkit_zero::", stringify!($derive), ")]`")]
        #[proc_macro_derive($derive, attributes($($attribute),*))]
        pub fn $function(item: TokenStream) -> TokenStream {
            derives::derive(item.into(), $expand).into()
        }
    )*};
}

derives! {
    ApiError(status) derive_api_error => derives::api_error;
    FromPath(segment) derive_from_path => derives::from_path;
    FromRequest() derive_from_request => derives::from_request;
}
