//! What expansions may name. Outside of semantic versioning; the derive crate is pinned to this version.

#![allow(missing_docs, reason = "for expansions only")]

use std::future::{Ready, ready};
use std::marker::PhantomData;

pub use core::any::TypeId;
pub use std::string::String;

pub use inventory;

pub use crate::declare::{
    Group, Linked, Mount, RouteDef, Submitted, Url, UrlPart, route_of, routes_of,
};
pub use crate::entry;
pub use crate::extract::{Capture, Extractor, FromPath, FromRequest, Meta, Rest};
pub use crate::handler;
pub use crate::message::{BoxFuture, Request};
pub use crate::middleware::erase_layer;
pub use crate::reply::{
    IntoResponse, One, Parts, Problem, Response, reply_empty, reply_html, reply_json,
    reply_message, reply_text, with_status,
};
pub use crate::routing::{ErasedLayer, LayerSource, Origin};
pub use crate::server::collect;

/// The type of a function, as a value.
pub const fn type_id_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

/// Asks a type whether it takes the body, without a bound: one that is no extractor is answered by [`NoExtractor`].
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: FromRequest> Probe<T> {
    pub const BODY: bool = T::TAKES_BODY;

    /// Reads a field of a struct that derives `FromRequest`; its refusal is an answer already.
    pub async fn read(request: &mut Request) -> Result<T, Response> {
        let read = T::from_request(request).await;
        read.map_err(IntoResponse::into_response)
    }
}

/// The answer of a type that is no extractor: it has been refused elsewhere.
pub trait NoExtractor {
    const BODY: bool = false;
}

impl<T: ?Sized> NoExtractor for Probe<T> {}

/// The same for a value that would have to be read: this compiles, and is never reached.
pub trait NoReader<T> {
    fn read(_request: &mut Request) -> Ready<Result<T, Response>> {
        ready(Err(Problem::internal("no extractor").into_response()))
    }
}

impl<T> NoReader<T> for Probe<T> {}

/// Whether at most one of the fields of an extractor takes the body.
pub const fn at_most_one<const COUNT: usize>(bodies: [bool; COUNT]) -> bool {
    let mut found = 0;
    let mut index = 0;
    while index < COUNT {
        found += bodies[index] as usize;
        index += 1;
    }
    found <= 1
}

/// At most one of a handler's arguments takes the body. Each is given as it is written, with what its type says.
///
/// # Panics
/// Two take it. The attributes ask in a constant, so the program does not compile.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "evaluated by the compiler, which shows the sentence"
)]
pub const fn one_takes_the_body(handler: &str, arguments: &[(&str, bool)]) {
    let mut first: Option<&str> = None;
    let mut index = 0;
    while index < arguments.len() {
        let (argument, takes) = arguments[index];
        index += 1;
        match first {
            Some(first) if takes => {
                let mut text = Text::empty();
                text.push("handler `");
                text.push(handler);
                text.push("` reads the request body twice\n    `");
                text.push(first);
                text.push("` takes it, and so does `");
                text.push(argument);
                text.push("`\n= help: keep one; take `Bytes` to decode it in two ways");
                panic!("{}", text.as_str())
            }
            None if takes => first = Some(argument),
            _ => {}
        }
    }
}

/// A sentence that is put together in a constant.
struct Text {
    bytes: [u8; 1024],
    length: usize,
}

impl Text {
    const fn empty() -> Self {
        Self {
            bytes: [0; 1024],
            length: 0,
        }
    }

    /// Adds all of `part`, or nothing where there is no room.
    const fn push(&mut self, part: &str) {
        let part = part.as_bytes();
        if self.length + part.len() > self.bytes.len() {
            return;
        }
        let mut index = 0;
        while index < part.len() {
            self.bytes[self.length] = part[index];
            self.length += 1;
            index += 1;
        }
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
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
