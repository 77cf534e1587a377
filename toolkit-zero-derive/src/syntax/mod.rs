//! What the attributes read: tokens, attributes and the head of a function. Bodies are never parsed.

pub(crate) mod attribute;
pub(crate) mod function;
pub(crate) mod text;
pub(crate) mod tokens;
pub(crate) mod types;
