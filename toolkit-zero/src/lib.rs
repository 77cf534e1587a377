//! toolkit-zero

#[allow(dead_code, reason = "the rooms above take these up one by one")]
mod message;
#[allow(dead_code, reason = "the rooms above take these up one by one")]
pub mod routing;
