//! Running a server: where it listens, how it is stopped, and how a new version replaces it.
//!
//! # Where it listens
//!
//! `#[toolkit_zero::main(addr = "0.0.0.0:8080")]`, `TOOLKIT_ZERO_ADDR`, or the argument of
//! [`serve_managed`](crate::server::Server::serve_managed). More by [`Server::listen`](crate::server::Server::listen) before the boot
//! and [`BackgroundServer::listen`](crate::server::BackgroundServer::listen) after it; each is an address, a Unix socket
//! ([`Listen::unix`](crate::server::Listen::unix)) or a socket that somebody else has bound
//! ([`Listen::inherited`](crate::server::Listen::inherited)). Port 0 takes a free one.
//!
//! Behind a proxy on the same machine a Unix socket is the safer place: its permissions say who may connect.
//!
//! ```no_run
//! use toolkit_zero::prelude::*;
//! use toolkit_zero::server::Listen;
//!
//! #[toolkit_zero::main]
//! async fn main(server: &mut Server) {
//!     server.listen(Listen::unix("/run/app/app.sock").mode(0o660)).trust_forwarded(["unix:"]);
//! }
//! ```
//!
//! What a proxy says of its client is believed only from networks that are named: in fields of the request
//! ([`trust_forwarded`](crate::server::Server::trust_forwarded), [`trust_x_forwarded_for`](crate::server::Server::trust_x_forwarded_for)),
//! or before the request, with the feature `proxy-protocol` (`Server::trust_proxy_protocol`), as balancers that pass TLS through do.
//!
//! # How it is stopped
//!
//! At SIGTERM or Ctrl-C:
//!
//! 1. [`readiness`](crate::server::Server::readiness) answers 503.
//! 2. For as long as [`announce`](crate::server::Server::announce) says (zero by default) everybody is still accepted and answered,
//!    so that load balancers have the time to notice.
//! 3. The drain: what was begun is finished, idle connections get [`linger`](crate::server::Limits::linger), and after
//!    [`drain`](crate::server::Limits::drain) what is left is cut and counted.
//! 4. Hooks of [`on_stop`](crate::server::Server::on_stop) run, and the process exits with 0.
//!
//! A second signal cuts what is left at once. In Kubernetes, `terminationGracePeriodSeconds` has to be more than the two times
//! together; an `announce` of some seconds stands for the `preStop` hook that sleeps.
//!
//! # Under systemd
//!
//! With the feature `systemd`, `#[toolkit_zero::main]` serves the sockets of a socket unit in place of its address, says when it is
//! ready (`Type=notify`) and when it stops, and feeds the watchdog (`WatchdogSec=`). See
//! [`Listen::passed`](crate::server::Listen) for sockets by name.
//!
//! # How a new version replaces it
//!
//! - On one machine, with the feature `handover` (Linux): both versions call `server.handover("/run/app/handover.sock")`. Start the
//!   new one beside the old one. It checks its routes, states and certificates, runs its `on_start` hooks, and takes the
//!   listening sockets over; the old one drains and ends. One that fails before that leaves the old one serving. Under
//!   systemd this wants `NotifyAccess=all`: the new process says that it is the main one.
//! - With socket units, `systemctl restart` loses nobody who connects meanwhile: systemd keeps the socket, and they wait.
//! - With several machines: stop one after the other, with `announce`.
//!
//! `TOOLKIT_ZERO_CHECK=1` runs the checks alone, and exits with 0 or 1: in the pipeline, before anything is replaced.
