//! The attributes of toolkit-zero.
