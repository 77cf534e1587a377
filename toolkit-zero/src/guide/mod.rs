//! Pages of prose: what does not fit into a line. Coming from another framework: [`from_axum`], [`from_rocket`],
//! [`from_fastapi`]. Why a program is refused: [`errors`]. Running it: [`deployment`].

pub mod deployment;
pub mod errors;
pub mod from_axum;
pub mod from_fastapi;
pub mod from_rocket;
pub mod strictness;
