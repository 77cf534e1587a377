//! Sockets: what comes in over the wire, and when it ends. Knows no routes.
//!
//! A connection enters through an [`Acceptor`](acceptor::Acceptor), belongs to a
//! [`Generation`](generation::Generation), is served by hyper over a [`Wire`](wire::Wire) that writes
//! down what it is doing, is judged once a tick by the [`Sweeper`](sweeper::Sweeper), and leaves when its
//! client goes, when it has been idle for too long, or when its generation is drained.
//!
//! A move of the server begins a new generation, on sockets of its own or on those of the old one, and
//! drains the old one.

mod accepting;
mod acceptor;
mod address;
mod back_off;
mod channel;
mod connection;
mod cork;
mod drain;
mod draining;
mod endpoint;
mod ends;
mod flow;
mod generation;
#[cfg(all(feature = "handover", target_os = "linux"))]
mod handover;
mod host;
mod limits;
mod listen;
mod listener;
mod pace;
mod parking;
#[cfg(feature = "systemd")]
mod passed;
mod phase;
mod protocols;
#[cfg(feature = "proxy-protocol")]
mod proxied;
mod report;
mod rewound;
mod serve;
mod service;
mod stream;
mod streams;
mod sweeper;
pub(crate) mod tasks;
#[cfg(test)]
mod tests;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
#[cfg(feature = "tls")]
mod tls;
mod wire;

use crate::message::{Body, Request};

pub(crate) use self::accepting::Accepting;
pub(crate) use self::draining::Draining;
pub use self::endpoint::Endpoint;
#[cfg(all(feature = "handover", target_os = "linux"))]
pub(crate) use self::handover::{Giver, Loan, Takeover};
pub use self::limits::{LimitValues, Limits};
pub use self::listen::Listen;
pub use self::report::{DrainReport, ListenError, RebindError};
pub(crate) use self::stream::Carrier;
pub(crate) use self::tls::Secure;
#[cfg(feature = "tls")]
pub use self::tls::{Tls, TlsError};

/// What is served: requests in, answers out. Panics are its own affair.
pub(crate) trait Application: Clone + Send + Sync + 'static {
    /// The answer on its way.
    type Future: Future<Output = http::Response<Body>> + Send + Unpin + 'static;

    /// Begins to answer `request`.
    fn call(&self, request: Request) -> Self::Future;

    /// Whether connections of `peer` begin with the address of the client (the PROXY protocol).
    #[cfg(feature = "proxy-protocol")]
    fn is_introduced_by(&self, peer: crate::message::Peer) -> bool {
        let _ = peer;
        false
    }
}
