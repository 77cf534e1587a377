//! The vocabulary: what travels between a client and a handler.

pub(crate) mod path;
