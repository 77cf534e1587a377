//! Expansions name nothing that a program can shadow.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

mod core {}
mod std {}
struct String;
struct Option;
struct Result;
struct Send;
struct u8;
fn a0() {}
fn request() {}

mod health {}

#[::toolkit_zero::get("/health/{id}/{*rest}")]
async fn health(id: u64, rest: ::std::string::String) {
    let _ = (id, rest);
}

#[::toolkit_zero::get("/{id}")]
async fn r#type(r#id: u64) -> ::std::string::String {
    ::std::string::ToString::to_string(&id)
}

#[::toolkit_zero::get("/{_x}", layer = ::toolkit_zero::middleware::from_fn(async |request, next| {
    ::toolkit_zero::middleware::Next::run(next, request).await
}))]
async fn layered() {}

fn main() {
    ::std::assert_eq!(::toolkit_zero::url!(r#type, id = 7), "/7");
    ::std::assert_eq!(::toolkit_zero::url!(health, id = 7, rest = "a/b"), "/health/7/a/b");
}
