//! toolkit-zero
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "this branch has no server room to use it"
)]

mod message;
mod transport;
