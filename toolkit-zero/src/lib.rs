//! toolkit-zero
