//! Which handler answers a request.

mod pattern;

pub use pattern::{Capture, Pattern, PatternError, PatternErrorKind, Segment};
