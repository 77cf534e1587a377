//! The vocabulary: what travels.

mod body;

pub use body::{Body, BoxError};
