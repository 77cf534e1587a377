//! stub
use proc_macro::TokenStream;
macro_rules! stub { ($($n:ident)*) => { $(#[allow(missing_docs)] #[proc_macro_attribute] pub fn $n(_: TokenStream, item: TokenStream) -> TokenStream { item })* } }
stub!(get post put delete patch head options route routes main);
macro_rules! stubf { ($($n:ident)*) => { $(#[allow(missing_docs)] #[proc_macro] pub fn $n(_: TokenStream) -> TokenStream { TokenStream::new() })* } }
stubf!(collected serve_managed link url);
