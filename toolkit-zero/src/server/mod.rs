//! The front desk: a [`Server`] is plain data until it boots, a [`BackgroundServer`] exists only after it.
//!
//! The boot gathers every fault (duplicates, missing states, bad patterns, empty crates) into one [`BootError`] before a
//! socket is bound. What happens afterwards to the routes is in [`Routes`](crate::routing::Routes).

mod background;
mod boot;
mod builder;
mod contradictions;
mod control;
mod error;
#[cfg(test)]
mod golden_tests;
#[cfg(not(all(feature = "handover", target_os = "linux")))]
#[path = "no_handover.rs"]
mod handover;
#[cfg(all(feature = "handover", target_os = "linux"))]
mod handover;
mod in_process;
mod life;
mod paint;
mod probes;
mod running;
mod signals;
mod start_report;
#[cfg(not(all(feature = "systemd", target_os = "linux")))]
#[path = "no_systemd.rs"]
mod systemd;
#[cfg(all(feature = "systemd", target_os = "linux"))]
mod systemd;

pub use background::BackgroundServer;
pub use builder::{Server, collect};
pub use control::Control;
pub use error::BootError;

pub use crate::routing::Fault;
pub use crate::transport::{
    DrainReport, Endpoint, LimitValues, Limits, Listen, ListenError, RebindError,
};
#[cfg(feature = "tls")]
pub use crate::transport::{Tls, TlsError};
#[cfg(feature = "tls")]
pub use ::rustls;

pub(crate) use builder::{BootHooks, runtime};
pub(crate) use in_process::InProcess;
pub(crate) use paint::for_stderr;
pub(crate) use signals::Signals;
pub(crate) use start_report::StartReport;
