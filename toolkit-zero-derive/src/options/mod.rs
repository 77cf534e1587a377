//! `key = value, flag, list(..)`: the options of every attribute, read against one table.

mod crates;
mod given;
mod layout;
mod read;
mod value;

use proc_macro2::{Ident, Span, TokenStream};

pub(crate) use layout::{Arguments, Piece, arguments};
pub(crate) use read::read;

/// What an option wants behind its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A string: `name = "users"`.
    Text,
    /// `"2MiB"` or bytes.
    Size,
    /// `"2s"`.
    Time,
    /// `"finish"` or `"cancel"`.
    Disconnect,
    /// An integer from 100 to 599.
    Status,
    /// A positive integer.
    Count,
    /// `true` or `false`.
    Truth,
    /// Nothing: the name says it all.
    Flag,
    /// Any expression; may be repeated.
    Expression,
    /// A path, without quotes.
    Path,
    /// A socket address: `"127.0.0.1:8080"`.
    Address,
    /// `crates(a, b = "/prefix")`.
    Crates,
}

/// The options an attribute takes.
pub(crate) type Table = [(&'static str, Kind)];

/// Of `#[get(..)]` and its siblings.
pub(crate) const OF_ROUTES: &Table = &[
    ("name", Kind::Text),
    ("tag", Kind::Text),
    ("body_limit", Kind::Size),
    ("timeout", Kind::Time),
    ("on_disconnect", Kind::Disconnect),
    ("blocking", Kind::Flag),
    ("allow_body", Kind::Flag),
    ("layer", Kind::Expression),
    ("status", Kind::Status),
    ("crate", Kind::Path),
];

/// Of `#[routes(..)]`.
pub(crate) const OF_MODULES: &Table = &[
    ("tag", Kind::Text),
    ("body_limit", Kind::Size),
    ("timeout", Kind::Time),
    ("on_disconnect", Kind::Disconnect),
    ("layer", Kind::Expression),
    ("crate", Kind::Path),
];

/// Of `#[toolkit_zero::main(..)]`.
pub(crate) const OF_MAIN: &Table = &[
    ("addr", Kind::Address),
    ("workers", Kind::Count),
    ("crates", Kind::Crates),
    ("link", Kind::Truth),
    ("crate", Kind::Path),
];

/// Of `collected!(..)` and `serve_managed!(addr, ..)`.
pub(crate) const OF_COLLECTED: &Table = &[
    ("crates", Kind::Crates),
    ("link", Kind::Truth),
    ("crate", Kind::Path),
];

/// Everything an attribute may say; each takes what its table lets it.
#[derive(Default, Clone)]
pub(crate) struct Options {
    pub(crate) name: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) body_limit: Option<u64>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) cancel_on_disconnect: Option<bool>,
    pub(crate) blocking: bool,
    pub(crate) allow_body: bool,
    pub(crate) layers: Vec<TokenStream>,
    pub(crate) status: Option<u16>,
    pub(crate) krate: Option<TokenStream>,
    pub(crate) addr: Option<String>,
    pub(crate) workers: Option<usize>,
    pub(crate) link: Option<bool>,
    pub(crate) crates: Vec<NamedCrate>,
}

/// A crate in `crates(..)`, with the prefix its routes get.
#[derive(Clone)]
pub(crate) struct NamedCrate {
    pub(crate) name: Ident,
    pub(crate) prefix: String,
}

/// Something wrong with an option, and where.
pub(crate) type Refusal = (Span, String);
