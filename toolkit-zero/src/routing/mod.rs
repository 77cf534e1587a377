//! Which handler answers a request.

mod pattern;
pub(crate) mod trie;

pub use pattern::{Capture, Pattern, PatternError, PatternErrorKind, Segment};
