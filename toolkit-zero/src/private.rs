//! What expansions may name. Outside of semantic versioning; the derive crate is pinned to this version.

#![allow(missing_docs, reason = "for expansions only")]

use std::marker::PhantomData;

pub use core::any::TypeId;
pub use std::string::String;

pub use inventory;

pub use crate::declare::{
    Group, LayerSource, Linked, Mount, RouteDef, Submitted, Url, UrlPart, route_of, routes_of,
};
pub use crate::entry;
pub use crate::extract::{Capture, FromPath, FromRequest, Meta, Rest};
pub use crate::handler::{
    blocking0, blocking1, blocking2, blocking3, blocking4, blocking5, blocking6, blocking7,
    blocking8, blocking9, blocking10, blocking11, blocking12, handler0, handler1, handler2,
    handler3, handler4, handler5, handler6, handler7, handler8, handler9, handler10, handler11,
    handler12,
};
pub use crate::message::{BoxFuture, Request};
pub use crate::middleware::erase_layer;
pub use crate::reply::{
    IntoResponse, Problem, Response, reply_empty, reply_html, reply_json, reply_message,
    reply_text, with_status,
};
pub use crate::routing::{ErasedLayer, Origin};
pub use crate::server::collect;

/// The type of a function, as a value.
pub const fn type_id_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

/// Asks a type what it is as an argument, without a bound: one that is no extractor is answered by [`NoExtractor`].
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: FromRequest> Probe<T> {
    pub const BODY: bool = T::TAKES_BODY;
    pub const DESCRIBE: fn(&mut Meta) = T::describe;
}

/// The answer of a type that is no extractor: it has been refused elsewhere.
pub trait NoExtractor {
    const BODY: bool = false;
    const DESCRIBE: fn(&mut Meta) = |_| {};
}

impl<T: ?Sized> NoExtractor for Probe<T> {}

/// Asks a type what it is as an answer.
#[derive(Debug)]
pub struct Answer<T: ?Sized>(PhantomData<T>);

/// The answer of a type that says nothing about itself.
pub trait NoAnswer {
    const DESCRIBE: fn(&mut Meta) = |_| {};
}

impl<T: ?Sized> NoAnswer for Answer<T> {}

/// Whether at most one of a handler's arguments takes the body.
pub const fn at_most_one<const COUNT: usize>(bodies: [bool; COUNT]) -> bool {
    let mut found = 0;
    let mut index = 0;
    while index < COUNT {
        found += bodies[index] as usize;
        index += 1;
    }
    found <= 1
}

/// A field of a struct that derives `FromRequest`; its refusal is an answer already.
pub async fn read<T: FromRequest>(request: &mut Request) -> Result<T, Response> {
    let read = T::from_request(request).await;
    read.map_err(IntoResponse::into_response)
}

/// The problem of a variant that derives `ApiError`.
pub fn problem_of(status: u16) -> Problem {
    Problem::new(http::StatusCode::from_u16(status).unwrap_or_default())
}

/// An error of the server's own is logged; the client is told what its variant says, and no more.
pub fn log_internal(problem: &Problem, error: &impl std::fmt::Debug) {
    if problem.status().is_server_error() {
        tracing::error!(?error, "a request failed: {problem}");
    }
}
