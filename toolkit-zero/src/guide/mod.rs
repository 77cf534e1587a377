//! Pages of prose: what does not fit into a line.

pub mod errors;
pub mod strictness;
